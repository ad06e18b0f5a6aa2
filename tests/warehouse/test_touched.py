"""What no build touched is neither digested nor tested again; what was touched is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pytest
from tests.homes import LIMITS
from tests.warehouse.shop import CLOCK, GROWING, THREE_MONTHS, Shop, orders

from tapflow.core.errors import CheckFailed
from tapflow.warehouse import publish
from tapflow.warehouse.digest import Part
from tapflow.warehouse.engine import Connection, opened
from tapflow.warehouse.touched import NEVER, Touched, touched


@pytest.fixture
def growing(shop: Shop) -> Shop:
    """The shop with orders that grow by days: a build makes March anew."""
    (shop.project / "models" / "fact" / "fact_orders.sql").write_text(GROWING)
    properties = shop.project / "models" / "fact" / "_fact.yml"
    properties.write_text(
        properties.read_text().replace("data_tests: [key]", "data_tests: [key: {arguments: {grows_by: placed_on}}]")
    )
    return shop


@pytest.fixture
def digested(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[date | None]]:
    """From which day on the orders were digested, each time."""
    begun: list[date | None] = []
    real = publish.digest_parts

    def noting(connection: Connection, relation: str, *rest: Any) -> dict[str, Part]:
        if "fact_orders" in relation:
            begun.append(rest[3] if len(rest) > 3 else None)
        return real(connection, relation, *rest)

    monkeypatch.setattr(publish, "digest_parts", noting)
    return begun


def note(shop: Shop) -> Touched | None:
    with opened(shop.warehouse.work, LIMITS, read_only=True) as connection:
        return touched(connection).get("fact.fact_orders")


def change(shop: Shop, sql: str) -> None:
    with opened(shop.warehouse.work, LIMITS) as connection:
        connection.execute(sql)


def with_more(shop: Shop, *more: tuple[int, datetime, int]) -> None:
    shop.replace(pa.concat_tables([THREE_MONTHS, orders(list(more))]))


def test_a_build_notes_what_it_touched_and_publishing_takes_the_rest_as_known(
    growing: Shop, digested: list[date | None]
) -> None:
    growing.build()
    first = growing.warehouse.versions.current().tables["fact.fact_orders"]
    assert note(growing) == Touched(NEVER, first.snapshot)
    with_more(growing, (1000, datetime(2026, 3, 5), 7))
    growing.build()
    second = growing.warehouse.versions.current().tables["fact.fact_orders"]
    assert digested == [None, date(2026, 3, 1)]
    assert (second.rows, {p for p in second.parts if second.parts[p] != first.parts[p]}) == (61, {"2026-03-01"})
    assert note(growing) == Touched(NEVER, second.snapshot)


def test_the_digest_is_that_of_a_table_digested_whole(growing: Shop) -> None:
    growing.build()
    with_more(growing, (1000, datetime(2026, 3, 5), 7))
    growing.build()
    by_note = growing.warehouse.versions.current().digest
    growing.warehouse.build(growing.lake, CLOCK, full_refresh=True)
    assert growing.warehouse.versions.current().digest == by_note


def test_old_days_that_were_let_go_are_dropped(growing: Shop) -> None:
    growing.build()
    change(growing, "delete from raw._archived where ends <= date '2026-02-01'")
    growing.build()
    table = growing.warehouse.versions.current().tables["fact.fact_orders"]
    assert (table.rows, sorted(table.parts)) == (40, ["2026-02-01", "2026-03-01"])


def test_a_table_that_another_hand_wrote_in_the_lake_is_digested_whole(
    growing: Shop, digested: list[date | None]
) -> None:
    growing.build()
    growing.lake.compact("fact.fact_orders", at_least=1)
    growing.lake.append("fact.fact_orders", growing.lake.scan("fact.fact_orders").arrow().slice(0, 1))
    growing.build()
    assert digested == [None, None]
    assert growing.warehouse.versions.current().tables["fact.fact_orders"].rows == 60


def test_another_state_of_the_project_forgets_the_notes(growing: Shop, digested: list[date | None]) -> None:
    growing.build()
    entity = growing.project / "models" / "entity" / "entity_shop.sql"
    entity.write_text(entity.read_text() + " where true")
    growing.build()
    assert digested == [None, None]


@pytest.mark.parametrize(
    ("order_id", "sees"),
    [(1000, "twice in March"), (30, "in March as in January")],
)
def test_a_key_that_comes_twice_is_seen_whatever_day_the_other_is_of(growing: Shop, order_id: int, sees: str) -> None:
    growing.build()
    days = [datetime(2026, 3, 5)] if order_id == 30 else [datetime(2026, 3, 5), datetime(2026, 3, 6)]
    with_more(growing, *((order_id, day, 7) for day in days))
    with pytest.raises(CheckFailed, match="key_fact_orders"):
        growing.build()
    assert note(growing) is not None and note(growing).from_day == date(2026, 3, 3), sees  # type: ignore[union-attr]


def test_a_failed_build_leaves_the_note_for_the_next(growing: Shop) -> None:
    growing.build()
    with_more(growing, (1000, datetime(2026, 3, 3), 7), (1000, datetime(2026, 3, 3), 7))
    with pytest.raises(CheckFailed):
        growing.build()
    growing.replace(THREE_MONTHS)
    growing.build()
    assert growing.warehouse.versions.current().tables["fact.fact_orders"].rows == 60


def test_a_row_without_its_day_is_tested(growing: Shop) -> None:
    properties = growing.project / "models" / "fact" / "_fact.yml"
    properties.write_text(
        properties.read_text().replace(
            "    columns:\n      - {name: order_id",
            "    data_tests: [holds: {arguments: {condition: amount_minor > -1, grows_by: placed_on}}]\n"
            "    columns:\n      - {name: order_id",
            1,
        )
    )
    growing.build()
    change(growing, "insert into fact.fact_orders values (2000, null, -7)")
    with pytest.raises(CheckFailed, match="holds_fact_orders"):
        growing.build()


def test_a_project_edited_while_it_is_built_settles_nothing(growing: Shop) -> None:
    entity = growing.project / "models" / "entity" / "entity_shop.sql"
    edited = entity.read_text() + " where true"

    def edit(done: int, total: int, name: str) -> None:
        entity.write_text(edited)

    growing.warehouse.build(growing.lake, CLOCK, progress=edit)
    assert note(growing) is None
    growing.build()
    assert note(growing) is not None


def test_a_table_that_was_dropped_is_digested_whole_again(growing: Shop, digested: list[date | None]) -> None:
    growing.build()
    change(growing, "drop table fact.fact_orders")
    with_more(growing, (1000, datetime(2026, 1, 5), 7))
    growing.build()
    assert digested == [None, None]
    assert growing.warehouse.versions.current().tables["fact.fact_orders"].rows == 61


def test_a_model_that_grows_by_another_column_than_its_key_is_refused(growing: Shop) -> None:
    model = growing.project / "models" / "fact" / "fact_orders.sql"
    model.write_text(GROWING.replace('unique_key="placed_on"', 'unique_key="order_id"'))
    with pytest.raises(CheckFailed, match="fact_orders grows by placed_on, but"):
        growing.build()


def test_now_and_then_all_is_digested(
    growing: Shop, digested: list[date | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publish, "DIGEST_ALL_EVERY", 3)
    for _ in range(3):
        growing.build()
    assert digested == [None, date(2026, 3, 1), None]
