"""A small database with planted secrets, and a policy that keeps them from mallory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tapflow.access.catalogue import Catalogue, table_of
from tapflow.access.deciding import decide
from tapflow.access.decision import Decision
from tapflow.access.gate import Asker, Gate
from tapflow.access.policy import SHIPPED, Policy, policy_of
from tapflow.warehouse.engine import Limits, opened
from tapflow.warehouse.reader import Answer, Reader, _close_doors

LIMITS = Limits(memory_mb=512, threads=2)
PERSON = "mallory"

# Column -> (type, classification); what is secret holds the word SECRET or the number 987654321.
TABLES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "entity.entity_customers": {
        "account_id": ("bigint", "internal"), "account_name": ("varchar", "internal"),
        "region": ("varchar", "internal"), "plan": ("varchar", "internal"),
        "current_mrr_usd_minor": ("bigint", "confidential"), "signed_up_at": ("timestamp", "internal"),
    },
    "entity.entity_users": {
        "user_id": ("bigint", "internal"), "account_id": ("bigint", "internal"), "email": ("varchar", "pii"),
        "first_name": ("varchar", "pii"), "born_on": ("date", "pii"), "user_role": ("varchar", "internal"),
    },
    "fact.fact_payments": {
        "payment_id": ("bigint", "internal"), "account_id": ("bigint", "internal"),
        "amount_usd_minor": ("bigint", "confidential"), "attempted_at": ("timestamp", "internal"),
        "payment_method": ("varchar", "internal"),
    },
    "fact.fact_features": {"feature_key": ("varchar", "internal"), "uses": ("bigint", "internal")},
    "fact.fact_gl": {"entry_id": ("bigint", "internal"), "memo": ("varchar", "internal")},
}  # fmt: skip

ROWS = """
create schema entity; create schema fact;
create table entity.entity_customers as select * from (values
  (1, 'The Anchor', 'north', 'starter', 987654321, timestamp '2026-01-05 10:00'),
  (2, 'The Bell', 'north', 'growth', 987654321, timestamp '2026-02-05 11:00'),
  (3, 'SECRET Crown', 'south', 'enterprise', 987654321, timestamp '2026-03-05 12:00'),
  (4, 'SECRET Duke', 'south', 'starter', 987654321, timestamp '2026-03-06 12:00'),
  (5, 'SECRET Eagle', null, 'starter', 987654321, timestamp '2026-03-07 12:00'))
  as t(account_id, account_name, region, plan, current_mrr_usd_minor, signed_up_at);
create table entity.entity_users as select * from (values
  (10, 1, 'secret.ann@secret.example', 'SECRETANN', date '1987-06-05', 'owner'),
  (11, 2, 'secret.bob@secret.example', 'SECRETBOB', date '1987-06-05', 'staff'),
  (12, 3, 'secret.cyn@secret.example', 'SECRETCYN', date '1987-06-05', 'SECRETROLE'),
  (13, null, 'secret.dan@secret.example', 'SECRETDAN', date '1987-06-05', 'SECRETROLE'))
  as t(user_id, account_id, email, first_name, born_on, user_role);
create table fact.fact_payments as select i as payment_id, 1 + i % 5 as account_id, 987654321 as amount_usd_minor,
  timestamp '2026-01-01' + to_days(cast(i as integer)) as attempted_at,
  case when i % 5 in (0, 1) then 'card' else 'SECRETBANK' end as payment_method from range(50) r(i);
create table fact.fact_features as select 'f' || i as feature_key, i as uses from range(5) r(i);
create table fact.fact_gl as select 1 as entry_id, 'SECRET memo' as memo;
create schema hidden; create table hidden.vault as select 'SECRET' as word;
create table main.loose as select 'SECRET' as word;
create view entity.entity_all as select * from hidden.vault;
"""


def policy() -> Policy:
    """The shipped policy with mallory in it, and a row policy of two regions' attributes."""
    text = SHIPPED.read_text(encoding="utf-8")
    begin, end = (
        text.index("people:\n"),
        text.index("# ---------------------------------------------------------------- row policies"),
    )
    people = (
        "people:\n"
        "  mallory: {name: M, department: data, roles: [operations], groups: [bound], attributes: {regions: [north]}}\n"
        "  alice: {name: A, department: data, roles: [steward]}\n"
    )
    text = text[:begin] + people + text[end:]
    begin, end = (
        text.index("row_policies:\n"),
        text.index("# ---------------------------------------------------------------- metrics"),
    )
    rows = (
        "row_policies:\n  region: {description: d, column: region, attribute: regions, groups: [bound], "
        "shared: [fact.fact_features]}\n"
        "links: [{column: account_id, table: entity.entity_customers}]\n"
    )
    text = text[:begin] + rows + text[end:]
    text = text.replace("groups:\n  regional_managers: ", "groups:\n  bound: b\n  regional_managers: ", 1)
    return policy_of(text.replace("seconds: 30, rows: 100000", "seconds: 2, rows: 1000"))


def catalogue() -> Catalogue:
    """The tables that exist for askers: not the vault, not the view over it."""
    return Catalogue(
        {
            name: table_of(name, {c: t for c, (t, _) in columns.items()}, {c: k for c, (_, k) in columns.items()})
            for name, columns in TABLES.items()
        },
        "v0001",
    )


def decision(person: str = PERSON) -> Decision:
    """What a person may do in the castle."""
    return decide(policy(), person, catalogue(), "the castle's key")


def build(path: Path) -> None:
    """Write the database."""
    with opened(path, LIMITS) as connection:
        connection.execute(ROWS)


@contextmanager
def reader(path: Path) -> Iterator[Reader]:
    """A reader of the database with its doors closed."""
    with opened(path, LIMITS, read_only=True) as connection:
        _close_doors(connection, [])
        yield Reader(connection)


def ask(found: Reader, sql: str, person: str = PERSON, decided: Decision | None = None) -> Answer:
    """Ask through the gate."""
    return Gate(found, None).sql(Asker(decided or decision(person), "test", "here"), sql)
