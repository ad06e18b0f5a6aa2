"""What a user may type or set is named in the documents."""

from __future__ import annotations

import re
from pathlib import Path

from tapflow.core.settings import PREFIX, Settings
from tapflow.pipeline.cli import _COMMANDS

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_command_is_named() -> None:
    assert [name for name in _COMMANDS if f"tapflow {name}" not in README] == []


def test_every_setting_is_named_and_no_other() -> None:
    named = set(re.findall(rf"{PREFIX}[A-Z_]+", README))
    assert named == {PREFIX + field.upper() for field in Settings.model_fields}


def test_every_target_of_make_is_helped() -> None:
    lines = (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
    phony = next(line for line in lines if line.startswith(".PHONY:")).split()[1:]
    helped = {line.split(":")[0] for line in lines if re.match(r"[a-z]+:.*## ", line)}
    assert set(phony) == helped


def test_links_of_the_documents_lead_somewhere() -> None:
    broken = []
    for document in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8")):
            if "://" not in target and not (document.parent / target).exists():
                broken.append(f"{document.name}: {target}")
    assert broken == []
