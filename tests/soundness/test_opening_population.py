"""What customers of before the first day already had is paid already, and never billed a second time."""

from __future__ import annotations

import datetime as dt

import numpy as np
from tests.business.living import step_money

from tapflow.business.billing.state import Billing, LineKind
from tapflow.business.company import Company
from tapflow.business.scenario.load import load_scenario
from tapflow.core.clock import day_number

FIRST = day_number(dt.date(2026, 7, 24))


def test_no_item_of_the_starting_population_is_billed_as_a_change() -> None:
    company = Company(load_scenario("tiny", {}), 5, FIRST)
    day = step_money(company)
    changed = day.fact("item_changed")
    assert changed is not None and (np.asarray(changed["at"]) < day.start_seconds).any()
    billing = company.part(Billing)
    prorated = billing.lines.start_at[billing.lines.kind == LineKind.PRORATION]
    assert (prorated >= day.start_seconds).all()
    assert (billing.pending.start_at[billing.pending.kind == LineKind.PRORATION] >= day.start_seconds).all()
