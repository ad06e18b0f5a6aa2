"""A small dbt project over a small lake: what the builder, the publisher and the reader are tried on."""

from __future__ import annotations

import shutil
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa

from tapflow.lake import Lake
from tapflow.warehouse.builder import Warehouse
from tapflow.warehouse.raw import Clock

REPOSITORY = Path(__file__).resolve().parents[2]
CLOCK = Clock(date(2026, 1, 1), date(2026, 3, 10))

SOURCES = """
version: 2
sources:
  - name: shop
    schema: raw
    tables:
      - name: orders
        identifier: shop__orders
        config:
          loaded_at_field: _loaded_at
          freshness: {warn_after: {count: 48, period: hour}}
        columns:
          - {name: id, data_type: bigint}
          - {name: placed_at, data_type: timestamp}
          - {name: amount_minor, data_type: bigint}
          - {name: note, data_type: varchar}
          - {name: _loaded_at, data_type: timestamp}
      - name: refunds
        identifier: shop__refunds
        columns: [{name: id, data_type: bigint}]
"""

MODELS = """
version: 2
models:
  - name: fact_orders
    description: Orders.
    config: {meta: {published: {partition: placed_on}}}
    columns:
      - {name: order_id, data_type: bigint, description: The order., data_tests: [key]}
      - {name: placed_on, data_type: date, description: Its day.}
      - {name: amount_minor, data_type: bigint, description: Its amount.}
  - name: entity_shop
    description: The shop.
    columns:
      - {name: orders, data_type: bigint, description: How many., data_tests: [not_negative]}
      - {name: refunds, data_type: bigint, description: How many.}
"""

# Orders as a table that grows by days: a build makes March anew.
GROWING = """
{{
    config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key="placed_on",
        on_schema_change="append_new_columns",
        meta={"grows_by": "placed_on", "published": {"partition": "placed_on"}},
    )
}}
select id as order_id, cast(placed_at as date) as placed_on, amount_minor from {{ source('shop', 'orders') }}
{% if is_incremental() %} where cast(placed_at as date) >= date '2026-03-01' {% endif %}
"""


def shop_project(project: Path) -> Path:
    """Write the project's files."""
    (project / "models" / "fact").mkdir(parents=True)
    (project / "models" / "entity").mkdir()
    shutil.copytree(REPOSITORY / "warehouse" / "macros", project / "macros")
    shutil.copy(REPOSITORY / "warehouse" / "dbt_project.yml", project)
    (project / "models" / "_sources.yml").write_text(SOURCES)
    (project / "models" / "fact" / "_fact.yml").write_text(MODELS)
    (project / "models" / "fact" / "fact_orders.sql").write_text(
        "select id as order_id, cast(placed_at as date) as placed_on, amount_minor from {{ source('shop', 'orders') }}"
    )
    (project / "models" / "entity" / "entity_shop.sql").write_text(
        "select count(*) as orders, (select count(*) from {{ source('shop', 'refunds') }}) as refunds "
        "from {{ whole(ref('fact_orders')) }}"
    )
    return project


def orders(rows: list[tuple[int, datetime, int]]) -> pa.Table:
    ids, placed, amounts = zip(*rows)
    return pa.table(
        {
            "id": pa.array(ids, pa.int64()),
            "placed_at": pa.array(placed, pa.timestamp("us")),
            "amount_minor": pa.array(amounts, pa.int64()),
            "_loaded_at": pa.array([datetime(2026, 3, 11)] * len(ids), pa.timestamp("us")),
        }
    )


THREE_MONTHS = orders([(i, datetime(2026, month, i % 27 + 1, 12), 100 * i) for i in range(60) for month in [1 + i % 3]])


class Shop:
    """A home with a lake and a warehouse on the small project."""

    def __init__(self, home: Path, template: Path) -> None:
        self.home = home
        self.project = home / "project"
        shutil.copytree(template, self.project)
        self.lake = Lake(home)
        self.warehouse = Warehouse(home, project=self.project)
        self.replace(THREE_MONTHS)

    def replace(self, rows: pa.Table) -> None:
        self.lake.ensure("raw.shop__orders", rows.schema)
        self.lake.replace_partitions("raw.shop__orders", rows, drop=lambda _: True)

    def build(self) -> str:
        version = self.warehouse.build(self.lake, CLOCK).version
        assert version is not None
        return version.id
