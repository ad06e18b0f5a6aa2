"""NetSuite's log of a day."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tapflow.business.billing.exchange import PPM
from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.finance.revenue import product_lines
from tapflow.core.money import CURRENCIES

Log = dict[str, Any]
_MICRO = 1_000_000
_POSTED_SECONDS = 86_399  # the books of a day close with it
_BUDGET_KINDS = 1_000  # budget lines of a month are numbered below this


def records(company: Company, day: Day) -> dict[str, Log]:
    """The day's log of every object that changed."""
    logs: dict[str, Log] = {}
    if day.number == company.first_day:
        logs |= _segments(company, day)
    makers = (
        ("journal_lines", _lines),
        ("budgets", _budgets),
        ("bank_balances", _balances),
        ("currency_rates", _rates),
    )
    for name, maker in makers:
        log = maker(company, day)
        if log is not None:
            logs[name] = log
    return logs


def _modified(day: Day, count: int) -> NDArray[np.int64]:
    return np.full(count, (day.start_seconds + _POSTED_SECONDS) * _MICRO)


def _objects(values: list[Any]) -> NDArray[np.object_]:
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out


def _segments(company: Company, day: Day) -> dict[str, Log]:
    finance = company.scenario.finance
    accounts = finance.accounts
    named = {"departments": [d.name for d in finance.departments], "classifications": product_lines(company)}
    logs: dict[str, Log] = {
        "accounts": {
            "id": np.arange(len(accounts)) + 1,
            "acctnumber": _objects([str(a.number) for a in accounts]),
            "fullname": _objects([a.name for a in accounts]),
            "accttype": _objects([a.type for a in accounts]),
            "isinactive": _objects(["F"] * len(accounts)),
            "lastmodifieddate": _modified(day, len(accounts)),
        }
    }
    for name, words in named.items():
        logs[name] = {
            "id": np.arange(len(words)) + 1,
            "name": _objects(words),
            "fullname": _objects(words),
            "isinactive": _objects(["F"] * len(words)),
            "lastmodifieddate": _modified(day, len(words)),
        }
    return logs


def _account_ids(company: Company, numbers: ArrayLike) -> NDArray[np.int64]:
    chart = [a.number for a in company.scenario.finance.accounts]
    return np.array([chart.index(n) + 1 for n in np.asarray(numbers).tolist()], dtype=np.int64)


def _segment_ids(rows: ArrayLike) -> NDArray[np.object_]:
    return _objects([None if r < 0 else r + 1 for r in np.asarray(rows).tolist()])


def _lines(company: Company, day: Day) -> Log | None:
    rows = day.fact("journal_line")
    if rows is None:
        return None
    entry, amount = rows["entry"], rows["amount_minor"].tolist()
    start = np.searchsorted(entry, entry, side="left")
    return {
        "transaction": entry,
        "line": np.arange(len(entry)) - start + 1,
        "trandate": np.full(len(entry), day.number, dtype=np.int32),
        "type": _objects(["Journal"] * len(entry)),
        "memo": rows["kind"],
        "account": _account_ids(company, rows["account"]),
        "department": _segment_ids(rows["department"]),
        "class": _segment_ids(rows["line"]),
        "debit": _objects([a / 100 if a > 0 else None for a in amount]),
        "credit": _objects([-a / 100 if a < 0 else None for a in amount]),
        "posting": _objects(["T"] * len(entry)),
        "lastmodifieddate": _modified(day, len(entry)),
    }


def _budgets(company: Company, day: Day) -> Log | None:
    rows = day.fact("budget")
    if rows is None:
        return None
    month = rows["month"].astype("M8[M]")
    _, kind = np.unique(np.column_stack([rows["account"], rows["department"]]), axis=0, return_inverse=True)
    log = {
        "id": rows["month"] * _BUDGET_KINDS + kind.ravel(),
        "year": month.astype("M8[Y]").astype(np.int64) + 1970,
        "periodstart": month.astype("M8[D]"),
        "account": _account_ids(company, rows["account"]),
        "department": _segment_ids(rows["department"]),
        "amount": rows["amount_minor"] / 100,
        "lastmodifieddate": _modified(day, len(month)),
    }
    order = np.argsort(log["id"])
    return {name: column[order] for name, column in log.items()}


def _balances(company: Company, day: Day) -> Log | None:
    rows = day.fact("bank_balance")
    if rows is None:
        return None
    return {
        "account": _account_ids(company, rows["account"]),
        "balancedate": np.full(len(rows["account"]), day.number, dtype=np.int32),
        "balance": rows["balance_minor"] / 100,
        "lastmodifieddate": _modified(day, len(rows["account"])),
    }


def _rates(company: Company, day: Day) -> Log | None:
    rows = day.fact("exchange_rate")
    if rows is None:
        return None
    size = len(rows["currency"])
    return {
        "basecurrency": _objects(["USD"] * size),
        "transactioncurrency": np.array(CURRENCIES, dtype=object)[rows["currency"]],
        "effectivedate": np.full(size, day.number, dtype=np.int32),
        "exchangerate": rows["rate_ppm"] / PPM,
        "lastmodifieddate": _modified(day, size),
    }
