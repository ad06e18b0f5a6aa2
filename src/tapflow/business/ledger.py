"""The ledger's tables: every table of the truth, declared by its domain."""

from __future__ import annotations

from tapflow.business import identity, incidents, mess
from tapflow.business.billing import truth as billing
from tapflow.business.customers import truth as customers
from tapflow.business.devices import truth as devices
from tapflow.business.engineering import truth as engineering
from tapflow.business.finance import truth as finance
from tapflow.business.marketing import truth as marketing
from tapflow.business.product import truth as product
from tapflow.business.sales import truth as sales
from tapflow.business.success import truth as success
from tapflow.business.support import truth as support
from tapflow.core.schema import TruthTable

TABLES: tuple[TruthTable, ...] = (
    *incidents.TABLES,
    *mess.TABLES,
    *identity.TABLES,
    *customers.TABLES,
    *marketing.TABLES,
    *sales.TABLES,
    *billing.TABLES,
    *devices.TABLES,
    *finance.TABLES,
    *product.TABLES,
    *engineering.TABLES,
    *support.TABLES,
    *success.TABLES,
)
BY_NAME: dict[str, TruthTable] = {table.name: table for table in TABLES}
