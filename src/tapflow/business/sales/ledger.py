"""Stocks that sales tells at each day's end."""

from __future__ import annotations

import numpy as np

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.sales.crm import true_arr
from tapflow.business.sales.history import DEALS, STAGES
from tapflow.business.sales.state import Sales, Stage

_CAUSES = (
    "imported_account", "duplicate_account", "test_account", "signed_not_started", "churned_not_closed", "unnamed",
)  # fmt: skip


def tell_stocks(company: Company, day: Day) -> None:
    """The open pipeline by kind and stage, and the causes of the gap between Sales' and Finance's ARR."""
    _tell_pipeline(company, day)
    _tell_gap(company, day)


def _tell_pipeline(company: Company, day: Day) -> None:
    """Deals about our own test accounts are no pipeline."""
    table = company.part(Sales).deals
    ours = (table.account >= 0) & company.accounts.is_test[np.maximum(table.account, 0)]
    rows = np.flatnonzero((table.stage < Stage.WON) & ~ours)
    stage, kind = table.stage[rows].astype(np.int64), table.kind[rows].astype(np.int64)
    cell = kind * 4 + stage
    probability = np.array(company.scenario.sales.deals.probability)[stage]
    amount = table.amount_minor[rows]
    sums = np.zeros((4, 16), dtype=np.int64)
    for line, value in enumerate((1, amount, amount * probability // 100, table.close_day[rows] < day.number)):
        np.add.at(sums[line], cell, value)
    cells = np.flatnonzero(sums[0])
    day.tell(
        "sales_pipeline_day",
        day=np.full(len(cells), day.number),
        kind=np.array(DEALS, dtype=object)[cells // 4],
        stage=np.array(STAGES, dtype=object)[cells % 4],
        deals=sums[0, cells],
        amount_usd_minor=sums[1, cells],
        weighted_usd_minor=sums[2, cells],
        slipped=sums[3, cells],
    )


def _tell_gap(company: Company, day: Day) -> None:
    crm, book = company.part(Sales).crm, company.accounts
    linked = crm.account >= 0
    account = np.maximum(crm.account, 0)
    is_test = linked & book.is_test[account]
    double = crm.original >= 0
    true = np.where(linked & ~double & ~is_test, true_arr(company)[account], 0)
    gap = crm.arr_minor - true
    signed = ~linked | (book.first_paid_day[account] < 0)
    # What has no name is told as such, and explains nothing: verification then finds it.
    cause = np.select([crm.imported, double, is_test, signed, crm.kept], range(5), 5)
    rows = np.flatnonzero(gap)
    amounts = np.zeros(len(_CAUSES), dtype=np.int64)
    np.add.at(amounts, cause[rows], gap[rows])
    counts = np.bincount(cause[rows], minlength=len(_CAUSES))
    some = np.flatnonzero(counts)
    day.tell(
        "sales_arr_gap",
        day=np.full(len(some), day.number),
        cause=np.array(_CAUSES, dtype=object)[some],
        accounts=counts[some],
        amount_usd_minor=amounts[some],
    )
