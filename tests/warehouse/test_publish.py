"""A build becomes a version whole or not at all; only what changed is written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import duckdb
import pyarrow as pa
import pytest
from tests.homes import LIMITS
from tests.warehouse.shop import CLOCK, THREE_MONTHS, Shop, orders

from tapflow.core.errors import AskedWrongly, CheckFailed, UnknownName
from tapflow.warehouse.engine import opened


class Killed(BaseException):
    """The process dies here."""


def seen(shop: Shop) -> tuple[int, int]:
    """What a reader sees: orders and the sum of their amounts."""
    current = shop.warehouse.versions.current_id()
    assert current is not None
    with duckdb.connect(str(shop.warehouse.versions.views(current)), read_only=True) as connection:
        row = connection.execute("select count(*), sum(amount_minor) from fact.fact_orders").fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


def with_one_more(shop: Shop, month: int = 3) -> None:
    shop.replace(pa.concat_tables([THREE_MONTHS, orders([(1000, datetime(2026, month, 5), 7)])]))


def test_a_build_is_published_and_described(shop: Shop) -> None:
    assert shop.build() == "v0001"
    assert seen(shop) == (60, 177_000)
    version = shop.warehouse.versions.current()
    assert version.data_through_day == "2026-03-10"
    table = version.tables["fact.fact_orders"]
    assert (table.rows, sorted(table.parts)) == (60, ["2026-01-01", "2026-02-01", "2026-03-01"])
    with duckdb.connect(str(shop.warehouse.versions.views("v0001")), read_only=True) as connection:
        assert connection.execute(
            "select comment from duckdb_columns() where column_name = 'placed_on'"
        ).fetchone() == ("Its day.",)
        assert connection.execute("select refunds from entity.entity_shop").fetchone() == (0,)


def test_only_changed_partitions_are_written(shop: Shop) -> None:
    shop.build()
    before = set(shop.warehouse.versions.current().tables["fact.fact_orders"].files)
    with_one_more(shop)
    shop.build()
    after = set(shop.warehouse.versions.current().tables["fact.fact_orders"].files)
    assert len(before - after) == 1 and len(after - before) == 1
    assert seen(shop) == (61, 177_007)


def test_nothing_changed_writes_nothing_and_keeps_the_digest(shop: Shop) -> None:
    shop.build()
    first = shop.warehouse.versions.current()
    shop.build()
    second = shop.warehouse.versions.current()
    assert second.id != first.id
    assert second.tables == first.tables


def test_a_partition_that_emptied_is_dropped(shop: Shop) -> None:
    shop.build()
    shop.replace(THREE_MONTHS.filter(pa.compute.less(THREE_MONTHS["placed_at"], datetime(2026, 3, 1))))
    shop.build()
    assert seen(shop)[0] == 40
    assert sorted(shop.warehouse.versions.current().tables["fact.fact_orders"].parts) == ["2026-01-01", "2026-02-01"]


def alter(shop: Shop, with_more: bool) -> None:
    """Change what is built, as a build would, but sooner."""
    with opened(shop.warehouse.work, LIMITS) as connection:
        connection.execute("delete from fact.fact_orders where order_id = 1000")
        if with_more:
            connection.execute("insert into fact.fact_orders values (1000, date '2026-03-05', 7)")
        connection.execute("update entity.entity_shop set orders = (select count(*) from fact.fact_orders)")


def publish(shop: Shop, hook: Callable[[str], None] = lambda step: None) -> None:
    shop.warehouse.publish(shop.lake, CLOCK, hook=hook)


def test_killed_at_any_step_readers_see_the_old_or_the_new_version_whole(shop: Shop) -> None:
    shop.build()
    old, new = (60, 177_000), (61, 177_007)
    alter(shop, with_more=True)
    steps: list[str] = []
    publish(shop, steps.append)
    assert len(steps) > 8
    for step in steps:
        alter(shop, with_more=False)
        publish(shop)
        assert seen(shop) == old
        alter(shop, with_more=True)

        def kill(at: str, here: str = step) -> None:
            if at == here:
                raise Killed(at)

        with pytest.raises(Killed):
            publish(shop, kill)
        assert seen(shop) == (new if step == "pointed" else old), step
        publish(shop)
        assert seen(shop) == new, step


def test_what_a_killed_publisher_committed_is_not_taken_for_the_old_version(shop: Shop) -> None:
    shop.build()
    alter(shop, with_more=True)

    def kill(at: str) -> None:
        if at == "committed fact.fact_orders":
            raise Killed

    with pytest.raises(Killed):
        publish(shop, kill)
    # The rows are again what the old version shows, but the lake's head is not.
    alter(shop, with_more=False)
    publish(shop)
    assert seen(shop) == (60, 177_000)
    assert shop.lake.scan("fact.fact_orders").rows == 60


def test_a_failed_test_leaves_the_old_version_and_names_the_test(shop: Shop) -> None:
    shop.build()
    shop.replace(orders([(1, datetime(2026, 1, 1), 1), (1, datetime(2026, 1, 2), 1)]))
    with pytest.raises(CheckFailed, match=r"key_fact_orders_order_id.*tapflow build --select"):
        shop.build()
    assert shop.warehouse.versions.current_id() == "v0001"
    assert seen(shop) == (60, 177_000)


def test_rollback_shows_an_older_version_and_the_next_build_goes_on(shop: Shop) -> None:
    shop.build()
    with_one_more(shop)
    shop.build()
    assert shop.warehouse.versions.rollback().id == "v0001"
    assert seen(shop) == (60, 177_000)
    with pytest.raises(AskedWrongly):
        shop.warehouse.versions.rollback()
    with pytest.raises(UnknownName):
        shop.warehouse.versions.rollback("v0009")
    assert shop.build() == "v0003"
    assert seen(shop) == (61, 177_007)


def test_a_column_is_added_without_rewriting_old_partitions(shop: Shop) -> None:
    shop.build()
    before = set(shop.warehouse.versions.current().tables["fact.fact_orders"].files)
    model = shop.project / "models" / "fact" / "fact_orders.sql"
    model.write_text(
        model.read_text().replace(
            "amount_minor from",
            "case when placed_at >= timestamp '2026-03-01' then 'new' end as kind, amount_minor from",
        )
    )
    yml = shop.project / "models" / "fact" / "_fact.yml"
    yml.write_text(
        yml.read_text().replace(
            "      - {name: amount_minor",
            "      - {name: kind, data_type: varchar, description: x}\n      - {name: amount_minor",
        )
    )
    shop.build()
    after = set(shop.warehouse.versions.current().tables["fact.fact_orders"].files)
    assert len(before & after) == 2 and len(after - before) == 1
    with duckdb.connect(str(shop.warehouse.versions.views("v0002")), read_only=True) as connection:
        rows = connection.execute("select kind, count(*) from fact.fact_orders group by kind order by kind").fetchall()
    assert rows == [("new", 20), (None, 40)]
    assert shop.lake.scan("fact.fact_orders").arrow().column("kind").null_count == 40
    shop.warehouse.versions.rollback()
    assert seen(shop) == (60, 177_000)


def test_a_column_of_another_type_is_written_anew_and_old_versions_still_read(shop: Shop) -> None:
    shop.build()
    model = shop.project / "models" / "fact" / "fact_orders.sql"
    model.write_text(
        model.read_text().replace("amount_minor from", "cast(amount_minor as double) as amount_minor from")
    )
    yml = shop.project / "models" / "fact" / "_fact.yml"
    yml.write_text(yml.read_text().replace("amount_minor, data_type: bigint", "amount_minor, data_type: double"))
    shop.build()
    assert seen(shop) == (60, 177_000)
    assert shop.lake.scan("fact.fact_orders").by_name
    shop.warehouse.versions.rollback()
    assert seen(shop) == (60, 177_000)


def test_old_versions_are_forgotten_but_not_the_current_one(shop: Shop) -> None:
    shop.build()
    for _ in range(6):
        publish(shop)
    assert shop.warehouse.versions.ids() == ["v0003", "v0004", "v0005", "v0006", "v0007"]
