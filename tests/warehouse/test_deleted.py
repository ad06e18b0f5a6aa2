"""What a vendor deleted is kept as it was, and is nobody's record any more."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.homes import LIMITS, BuiltHome

from tapflow.lake import Lake
from tapflow.quality.truth import truth_database
from tapflow.warehouse.reader import Reader, reading


@pytest.fixture(scope="module")
def reader(tiny_home: BuiltHome) -> Iterator[Reader]:
    with reading(tiny_home.versions, LIMITS, attached={"truth": truth_database(tiny_home.root, LIMITS)}) as found:
        yield found


@pytest.mark.parametrize(
    ("kind", "system", "table", "key", "flag"),
    [
        ("contact_deleted", "salesforce", "raw.salesforce__contact", "Id", "IsDeleted"),
        ("contact_archived", "hubspot", "raw.hubspot__contacts", "id", "archived"),
    ],
)
def test_deleted_people_are_kept_in_the_lake_and_stand_for_nobody(
    tiny_home: BuiltHome, reader: Reader, kind: str, system: str, table: str, key: str, flag: str
) -> None:
    listed = {k for (k,) in reader.fetch(f"select key from truth.mess where kind = '{kind}' and system = '{system}'")}
    with Lake(tiny_home.root) as lake:
        rows = lake.scan(table).arrow().select([key, flag]).to_pylist()
    assert {row[key] for row in rows if row[flag]} == listed, "each is in the ledger's list of mess"
    assert listed
    found = {k for (k,) in reader.fetch(f"select system_id from fact.fact_identity_users where system = '{system}'")}
    assert found and not found & listed


def test_a_moved_customer_has_both_its_territories(reader: Reader) -> None:
    moved = reader.fetch(
        "select c.sales_territory, c.previous_sales_territory, t.territory, t.previous_territory "
        "from entity.entity_customers as c join ("
        "  select account, max_by(territory, m.at) as territory, max_by(previous_territory, m.at) as previous_territory"
        "  from truth.sales_territory as m where account >= 0 group by account"
        ") as t on t.account + 1 = c.account_id"
    )
    assert moved and all(row[:2] == row[2:] for row in moved)


def test_the_history_ends_with_what_is_now(reader: Reader) -> None:
    wrong = reader.fetch(
        "select h.account_id from entity.entity_customers_history as h join entity.entity_customers as c "
        "using (account_id) where h.is_current and (h.sales_territory is distinct from c.sales_territory "
        "or h.previous_sales_territory is distinct from c.previous_sales_territory "
        "or h.account_status <> c.account_status)"
    )
    assert wrong == []
