"""Old partitions leave the working file for the lake, and come back when they are to change; nothing is lost."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from tests.homes import LIMITS
from tests.warehouse.shop import CLOCK, GROWING, THREE_MONTHS, Shop, orders

from tapflow.core.errors import CheckFailed
from tapflow.warehouse.archive import archives
from tapflow.warehouse.builder import Warehouse
from tapflow.warehouse.engine import opened
from tapflow.warehouse.models import growing_models, published_models
from tapflow.warehouse.publish import ENGINE, Publishing, publish
from tapflow.warehouse.reader import reading
from tapflow.warehouse.version import PublishedTable


@pytest.fixture
def growing(shop: Shop) -> Shop:
    """The shop with orders that grow by days: a build makes March anew. On 10 March January's partition is old."""
    make(shop, "2026-03-01")
    return shop


def make(shop: Shop, since: str, sql: str = GROWING) -> None:
    (shop.project / "models" / "fact" / "fact_orders.sql").write_text(sql.replace("2026-03-01", since))


def held(shop: Shop) -> dict[str, int]:
    """Month -> rows in the working file."""
    with opened(shop.warehouse.work, LIMITS, read_only=True) as connection:
        found = connection.execute(
            "select strftime(placed_on, '%Y-%m'), count(*) from fact.fact_orders group by 1 order by 1"
        ).fetchall()
    return dict(found)


def archived(shop: Shop) -> list[str]:
    with opened(shop.warehouse.work, LIMITS, read_only=True) as connection:
        found = archives(connection).get("fact.fact_orders")
    return sorted(found.parts) if found else []


def served(shop: Shop) -> PublishedTable:
    return shop.warehouse.versions.current().tables["fact.fact_orders"]


def anew(shop: Shop) -> str:
    """The digest of the orders when all is made anew in another place."""
    other = Warehouse(shop.home / "anew", project=shop.project)
    version = other.build(shop.lake, CLOCK).version
    assert version is not None
    return version.tables["fact.fact_orders"].digest


def with_more(shop: Shop, *more: pa.Table) -> None:
    shop.replace(pa.concat_tables([THREE_MONTHS, *more]))


def test_what_is_old_leaves_and_is_served_and_counted_all_the_same(growing: Shop) -> None:
    growing.build()
    assert (held(growing), archived(growing)) == ({"2026-02": 20, "2026-03": 20}, ["2026-01-01"])
    first = served(growing)
    growing.build()
    assert (served(growing).digest, served(growing).rows, served(growing).snapshot) == (
        first.digest,
        60,
        first.snapshot,
    )
    with reading(growing.warehouse.versions, LIMITS) as reader:
        assert reader.fetch("select orders from entity.entity_shop") == [(60,)]
        assert reader.fetch("select count(*) from fact.fact_orders") == [(60,)]


def test_a_change_of_an_old_day_brings_its_partition_back(growing: Shop) -> None:
    growing.build()
    with_more(growing, orders([(1000, datetime(2026, 1, 5), 7)]))
    make(growing, "2026-01-05")
    growing.build()
    assert archived(growing) == ["2026-01-01"], "it leaves again once it is published"
    assert (served(growing).rows, served(growing).digest) == (61, anew(growing))


def test_a_build_that_fails_after_bringing_back_loses_nothing(growing: Shop) -> None:
    growing.build()
    make(growing, "2026-01-04")
    twice = orders([(1000, datetime(2026, 1, 4), 7)] * 2)
    with_more(growing, twice)
    with pytest.raises(CheckFailed, match="key_fact_orders"):
        growing.build()
    assert (held(growing), archived(growing)) == ({"2026-01": 22, "2026-02": 20, "2026-03": 20}, [])
    growing.replace(THREE_MONTHS)
    growing.build()
    assert (served(growing).rows, served(growing).digest) == (60, anew(growing))


def test_a_new_column_brings_all_back(growing: Shop) -> None:
    growing.build()
    make(growing, "2026-03-01", GROWING.replace("amount_minor from", "amount_minor, 2 * amount_minor as double from"))
    properties = growing.project / "models" / "fact" / "_fact.yml"
    column = "      - {name: double, data_type: bigint, description: Twice its amount.}\n"
    properties.write_text(properties.read_text().replace("  - name: entity_shop", f"{column}  - name: entity_shop"))
    growing.build()
    table = served(growing)
    assert (table.rows, list(table.columns)) == (60, ["order_id", "placed_on", "amount_minor", "double"])
    assert archived(growing) == ["2026-01-01"]
    growing.build()
    assert served(growing).digest == table.digest


def test_a_full_refresh_makes_old_days_anew(growing: Shop) -> None:
    growing.build()
    with_more(growing, orders([(1000, datetime(2026, 1, 5), 7)]))
    growing.warehouse.build(growing.lake, CLOCK, full_refresh=True)
    assert (served(growing).rows, served(growing).digest) == (61, anew(growing))


def test_a_model_that_no_longer_grows_has_its_rows_back(growing: Shop) -> None:
    growing.build()
    make(
        growing,
        "",
        "select id as order_id, cast(placed_at as date) as placed_on, amount_minor from {{ source('shop', 'orders') }}",
    )
    growing.build()
    assert (served(growing).rows, archived(growing), sum(held(growing).values())) == (60, [], 60)


def test_between_slices_old_partitions_go_to_the_lake_and_readers_see_nothing(growing: Shop) -> None:
    growing.warehouse.build(growing.lake, CLOCK, select=["fact_orders"])
    growing.warehouse.publish_old(growing.lake, CLOCK)
    assert (held(growing), archived(growing)) == ({"2026-02": 20, "2026-03": 20}, ["2026-01-01"])
    assert growing.warehouse.versions.current_id() is None
    assert growing.lake.scan("fact.fact_orders").rows == 20
    growing.warehouse.publish_old(growing.lake, CLOCK)
    growing.build()
    assert (served(growing).rows, served(growing).digest) == (60, anew(growing))
    assert growing.warehouse.versions.draft() is None


@pytest.mark.parametrize("step", ["commit fact.fact_orders", "committed fact.fact_orders", "pointer", "pointed"])
def test_a_publisher_killed_anywhere_loses_nothing(growing: Shop, step: str) -> None:
    growing.build()
    with_more(growing, orders([(1000, datetime(2026, 1, 5), 7)]))
    make(growing, "2026-01-05")

    class Killed(BaseException):
        pass

    def kill(at: str) -> None:
        if at == step:
            raise Killed

    warehouse = growing.warehouse
    warehouse.build(growing.lake, CLOCK, select=["fact_orders"])
    with pytest.raises(Killed):
        warehouse.publish(growing.lake, CLOCK, hook=kill)
    growing.build()
    assert (served(growing).rows, served(growing).digest) == (61, anew(growing))
    growing.build()
    assert (served(growing).rows, archived(growing)) == (61, ["2026-01-01"])


def test_what_the_lake_lost_is_told_and_made_anew_on_demand(growing: Shop) -> None:
    growing.build()
    growing.lake.drop("fact.fact_orders")
    with pytest.raises(CheckFailed, match="no longer holds all old rows"):
        growing.build()
    growing.warehouse.build(growing.lake, CLOCK, full_refresh=True)
    assert served(growing).rows == 60


def test_a_full_refresh_of_another_model_leaves_what_was_lost_to_be_made_anew(growing: Shop) -> None:
    growing.build()
    growing.lake.drop("fact.fact_orders")
    with pytest.raises(CheckFailed, match="fact_orders does not exist"):
        growing.warehouse.build(growing.lake, CLOCK, select=["entity_shop"], full_refresh=True)
    growing.build()
    assert served(growing).rows == 60


def test_what_is_sealed_and_lost_is_told_even_in_a_full_refresh(growing: Shop) -> None:
    sealed = GROWING.replace('unique_key="placed_on",', 'unique_key="placed_on", full_refresh=false,')
    make(growing, "2026-03-01", sealed)
    growing.build()
    growing.lake.drop("fact.fact_orders")
    with pytest.raises(CheckFailed, match="no longer holds all old rows"):
        growing.warehouse.build(growing.lake, CLOCK, full_refresh=True)


def test_a_full_refresh_leaves_what_is_sealed(growing: Shop) -> None:
    make(
        growing, "2026-03-01", GROWING.replace('unique_key="placed_on",', 'unique_key="placed_on", full_refresh=false,')
    )
    growing.build()
    growing.replace(THREE_MONTHS.filter(pc.field("placed_at") >= datetime(2026, 3, 1)))
    growing.warehouse.build(growing.lake, CLOCK, full_refresh=True)
    assert (served(growing).rows, archived(growing)) == (60, ["2026-01-01"])


def test_a_model_that_grows_without_noting_what_it_touches_is_refused(growing: Shop) -> None:
    make(growing, "2026-03-01", GROWING.replace('"delete+insert"', '"append"'))
    with pytest.raises(CheckFailed, match="with the strategy append"):
        growing.build()


def test_rows_that_both_the_lake_and_the_working_file_hold_are_told(growing: Shop) -> None:
    growing.build()
    with opened(growing.warehouse.work, LIMITS) as connection:
        connection.execute("insert into fact.fact_orders values (2000, date '2026-01-02', 1)")
    with pytest.raises(CheckFailed, match="which the lake alone should hold"):
        growing.build()


def test_a_table_that_is_not_as_it_was_published_keeps_its_rows(growing: Shop) -> None:
    warehouse = growing.warehouse
    warehouse.build(growing.lake, CLOCK, select=["fact_orders"])
    models = published_models(warehouse.dbt.manifest())

    def change(step: str) -> None:
        if step == "pointed":
            with opened(warehouse.work, LIMITS) as connection:
                connection.execute("insert into fact.fact_orders values (2000, date '2026-01-02', 1)")

    how = Publishing(CLOCK, "p", LIMITS, change, state=f"p {ENGINE}", growing=growing_models(warehouse.dbt.manifest()))
    with pytest.raises(CheckFailed, match="is not as it was published"):
        publish(growing.lake, warehouse.work, [m for m in models if m.name == "fact_orders"], warehouse.versions, how)
    assert sum(held(growing).values()) == 61
