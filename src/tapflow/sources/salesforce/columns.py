"""How sales' state is spelled in Salesforce: columns that several objects share."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from tapflow.business import names
from tapflow.business.company import Company
from tapflow.business.sales.spelling import shouted, written_elsewhere
from tapflow.business.sales.state import NOBODY

Log = dict[str, Any]
Rows = NDArray[np.int64]
Texts = NDArray[np.object_]

LEAD_SOURCES = np.array(
    ["Paid Search", "Paid Social", "Content", "Partner", "Outbound", "Event", "Customer Referral"], dtype=object
)
FORECASTS = np.array(["Pipeline", "Best Case", "Best Case", "Commit", "Closed", "Omitted"], dtype=object)


def micros(seconds: ArrayLike, there: ArrayLike = True) -> pa.Array:
    """Epoch seconds as microsecond timestamps; null where `there` is false."""
    values = np.asarray(seconds, dtype=np.int64) * 1_000_000
    return pa.array(values, mask=~np.broadcast_to(np.asarray(there), values.shape)).view(pa.timestamp("us"))


def dates(days: ArrayLike, there: ArrayLike = True) -> pa.Array:
    """Day numbers as dates; null where `there` is false."""
    values = np.asarray(days, dtype=np.int32)
    return pa.array(values, mask=~np.broadcast_to(np.asarray(there), values.shape)).view(pa.date32())


def dollars(minor: ArrayLike) -> NDArray[np.float64]:
    """Minor units as Salesforce's decimals."""
    return np.asarray(minor, dtype=np.int64) / 100


def stamps(created: ArrayLike, modified: ArrayLike, deleted: ArrayLike = False) -> Log:
    """The system fields that every changing object carries; instants in epoch seconds."""
    at = np.asarray(modified, dtype=np.int64) * 1_000_000
    gone = np.broadcast_to(np.asarray(deleted), at.shape)
    return {
        "IsDeleted": gone.copy(),
        "CreatedDate": np.asarray(created, dtype=np.int64) * 1_000_000,
        "LastModifiedDate": at,
        "SystemModstamp": at,
    }


def optional(values: ArrayLike, there: ArrayLike) -> Texts:
    """Texts, null where `there` is false."""
    return np.where(np.asarray(there), np.asarray(values, dtype=object), np.array(None, dtype=object))


def linked(make: Any, rows: ArrayLike) -> Texts:
    """Ids of rows, null where a row is NOBODY."""
    numbers = np.asarray(rows, dtype=np.int64)
    return optional(make(np.maximum(numbers, 0)), numbers != NOBODY)


def changed_first(table: Any, since: int, everything: bool) -> Rows:
    """Rows of a table that changed since an instant, in order of their change."""
    rows = np.arange(len(table)) if everything else np.flatnonzero(table.updated_at >= since)
    return rows[np.lexsort((rows, table.updated_at[rows]))]


def regions(company: Company, rows: ArrayLike) -> tuple[Texts, Texts]:
    """Names and countries of regions."""
    table = company.scenario.customers.regions
    index = np.asarray(rows, dtype=np.int64)
    told = np.array([r.name for r in table], dtype=object), np.array([r.country for r in table], dtype=object)
    return told[0][index], told[1][index]


def industries(company: Company, rows: ArrayLike) -> Texts:
    """Industries as the CRM's pick list has them."""
    table = np.array([i.name.title() for i in company.scenario.customers.industries], dtype=object)
    return np.asarray(table[np.asarray(rows, dtype=np.int64)])


def houses(company: Company, account: Rows, prospect: Rows) -> Rows:
    """The numbers under which houses go: an account's own, or its prospect's before there is one."""
    own = names.house_numbers(company, np.maximum(account, 0))
    return np.where(account >= 0, own, names.prospect_numbers(np.maximum(prospect, 0)))


def typed_emails(company: Company, contacts: Rows, emails: Texts, local: Texts) -> Texts:
    """Contacts' e-mail addresses as people type them: some in capitals, a few another address of the same person."""
    typed = emails.copy()
    for i in np.flatnonzero(shouted(company, contacts)):
        typed[i] = typed[i].upper()
    for i in np.flatnonzero(written_elsewhere(company, contacts)):
        typed[i] = another_address(typed[i], local[i])
    return typed


def another_address(email: str, local: str) -> str:
    """A second address at the same host."""
    return f"{local}@{email.split('@')[1]}".lower()
