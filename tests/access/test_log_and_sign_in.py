"""The log of accesses finds what was done to it; passwords and tokens let in whom they should."""

from __future__ import annotations

from multiprocessing import get_context
from pathlib import Path

import pytest

from tapflow.access.audit import Access, AuditLog, Outcome
from tapflow.access.benchmark_groups import Group, withheld
from tapflow.access.policy import SHIPPED, PolicyInvalid, Scope, load_policy, policy_of
from tapflow.access.sign_in import SignIn
from tapflow.access.tokens import NotSignedIn, TokenState
from tapflow.core.errors import AskedWrongly
from tapflow.core.settings import read_settings

KEY = "a key"


def write(folder: Path, who: str, count: int) -> None:
    log = AuditLog(folder, KEY, fsync=False)
    for number in range(count):
        log.append(Access(who=who, what="sql", outcome=Outcome.ANSWERED, asked=f"select {number}"))


def test_several_writers_make_one_chain(tmp_path: Path) -> None:
    context = get_context("fork")
    writers = [context.Process(target=write, args=(tmp_path, f"w{i}", 20)) for i in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    found = AuditLog(tmp_path, KEY).verify()
    assert found.good and found.lines == 60
    assert (tmp_path / "audit.jsonl").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda lines: [*lines[:3], lines[3].replace(b"select 3", b"select 9"), *lines[4:]], 5),
        (lambda lines: [*lines[:3], *lines[4:]], 4),
        (lambda lines: [*lines[:3], lines[2], *lines[3:]], 4),
        (lambda lines: lines[:-1], 10),
        (lambda lines: [*lines[:-1], lines[-1].replace(b"select 9", b"select 8")], 10),
        (lambda lines: [], 1),
    ],
    ids=["changed", "removed", "put in", "cut", "last changed", "emptied"],
)
def test_meddling_is_found_at_its_line(tmp_path: Path, change: object, line: int) -> None:
    write(tmp_path, "a", 10)
    log = AuditLog(tmp_path, KEY)
    kept = log.verify().digest
    log.path.write_bytes(b"".join(change(log.path.read_bytes().splitlines(keepends=True))))  # type: ignore[operator]
    found = log.verify()
    assert not found.good
    assert found.findings[0].line == line
    log.append(Access(who="b", what="sql", outcome=Outcome.ANSWERED))
    assert not log.verify(kept).good, "a later writer must not heal it"


def test_a_seal_of_another_key_is_found(tmp_path: Path) -> None:
    write(tmp_path, "a", 2)
    assert not AuditLog(tmp_path, "another key").verify().good


def test_passwords(tmp_path: Path) -> None:
    sign_in = SignIn(tmp_path, load_policy(), demo=False)
    with pytest.raises(NotSignedIn):
        sign_in.check_demo("lena")
    with pytest.raises(AskedWrongly, match="12 characters"):
        sign_in.set_password("lena", "short")
    sign_in.set_password("lena", "correct horse battery")
    sign_in.check_password("lena", "correct horse battery")
    assert sign_in.path.stat().st_mode & 0o777 == 0o600
    assert "correct horse" not in sign_in.path.read_text()
    for _ in range(5):
        with pytest.raises(NotSignedIn, match="let nobody in"):
            sign_in.check_password("lena", "wrong wrong wrong")
    with pytest.raises(NotSignedIn, match="Wait a minute"):
        sign_in.check_password("lena", "correct horse battery")


def test_tokens(tmp_path: Path) -> None:
    sign_in = SignIn(tmp_path, load_policy(), demo=True)
    text, token = sign_in.create("lena", (Scope.ASK,), 1)
    assert sign_in.by_token(text) == token
    assert text not in sign_in.path.read_text()
    with pytest.raises(NotSignedIn, match="not known"):
        sign_in.by_token(text[:-1] + ("a" if text[-1] != "a" else "b"))
    with pytest.raises(AskedWrongly, match="has no truth"):
        sign_in.create("lena", (Scope.TRUTH,))
    sign_in.revoke(token.id)
    with pytest.raises(NotSignedIn, match="revoked"):
        sign_in.by_token(text)
    assert [state for _, state in sign_in.tokens()] == [TokenState.REVOKED]


def test_outside_the_demo_the_shipped_secret_is_fatal() -> None:
    with pytest.raises(AskedWrongly, match="TAPFLOW_SECRET"):
        read_settings({"TAPFLOW_DEMO": "false"})
    assert not read_settings({"TAPFLOW_DEMO": "false", "TAPFLOW_SECRET": "0123456789abcdef"}).demo


@pytest.mark.parametrize(
    ("was", "becomes", "words"),
    [
        ("roles: [analyst]}", "roles: [anlyst]}", "people.lena.roles"),
        ("attributes: {regions: [Bavaria, Berlin, Paris]}", "attributes: {}", "people.felix.attributes"),
        ("  ada:", "  bruno:", "stands twice"),
        ("minimum_group_size: 5", "minimum_group_size: 1", "benchmarks.minimum_group_size"),
    ],
)
def test_a_wrong_policy_names_its_key(was: str, becomes: str, words: str) -> None:
    with pytest.raises(PolicyInvalid, match=words):
        policy_of(SHIPPED.read_text(encoding="utf-8").replace(was, becomes, 1))


def test_small_groups_are_withheld_and_cannot_be_reckoned_back() -> None:
    found = withheld([Group("a", 3, 1.0), Group("b", 9, 2.0), Group("c", 20, 3.0)], 5)
    assert [(g.name, g.withheld) for g in found] == [("a", True), ("b", True), ("c", False)]
    assert found[0].value is None
