"""The scenario: every number about the business, validated.

Each domain declares its section in `business/<domain>/parameters.py`; the shipped values lie
in `business/scenario/<section>.yml`, each with its unit and a comment. A user's file names
only what it changes.
"""

from __future__ import annotations

from tapflow.business.billing.parameters import BillingParameters
from tapflow.business.customers.parameters import CustomerParameters, PlanParameters
from tapflow.business.devices.parameters import DeviceParameters
from tapflow.business.engineering.parameters import EngineeringParameters
from tapflow.business.finance.parameters import FinanceParameters
from tapflow.business.incidents import IncidentParameters
from tapflow.business.marketing.parameters import MarketingParameters
from tapflow.business.product.parameters import ProductParameters
from tapflow.business.sales.parameters import SalesParameters
from tapflow.business.scenario.strict import Strict
from tapflow.business.success.parameters import SuccessParameters
from tapflow.business.support.parameters import SupportParameters


class Size(Strict):
    """How large the company is when it begins, and how long its history."""

    accounts: int
    locations: int
    devices: int
    days: int
    raw_retention_days: int | None  # of raw events and hourly tables; none keeps all
    source_retention_days: int | None  # of logs that the lake holds; none keeps all


class Scenario(Strict):
    """All sections of a scenario."""

    size: Size
    customers: CustomerParameters
    plans: PlanParameters
    sales: SalesParameters
    devices: DeviceParameters
    incidents: IncidentParameters
    billing: BillingParameters
    marketing: MarketingParameters
    product: ProductParameters
    engineering: EngineeringParameters
    finance: FinanceParameters
    support: SupportParameters
    success: SuccessParameters
