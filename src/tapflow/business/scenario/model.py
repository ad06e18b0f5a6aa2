"""The scenario: every number about the business, validated.

Each domain declares its section in `business/<domain>/parameters.py`; the shipped values lie
in `business/scenario/<section>.yml`, each with its unit and a comment. A user's file names
only what it changes.
"""

from __future__ import annotations

from pydantic import Field, model_validator

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
    raw_retention_days: int | None = Field(ge=1)  # of raw events and hourly tables; none keeps all
    source_retention_days: int | None = Field(ge=1)  # of logs that the lake holds; none keeps all

    @model_validator(mode="after")
    def _logs_go_with_events(self) -> Size:
        if self.source_retention_days is not None and self.raw_retention_days is None:
            raise ValueError("source_retention_days needs raw_retention_days: logs go when raw events do")
        return self


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
