"""What the ledger and the CRM's own history keep of a deal: every step of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.sales.state import Deal, Sales, Stage

Rows = NDArray[np.int64]

STAGES = ("Discovery", "Demo", "Proposal", "Negotiation", "Closed Won", "Closed Lost")
DEALS = ("New Business", "Trial Conversion", "Renewal", "Upsell")
assert len(STAGES) == len(Stage) and len(DEALS) == len(Deal)


def record_steps(company: Company, day: Day, rows: Rows, at: Rows, opened: bool = False) -> None:
    """Emit `opportunity_step` and tell `sales_step` for deals that changed; several a day are possible."""
    if len(rows) == 0:
        return
    table = company.part(Sales).deals
    probability = np.array(company.scenario.sales.deals.probability)[table.stage[rows].astype(np.int64)]
    day.emit(
        "opportunity_step",
        deal=table.number[rows].copy(),
        at=np.asarray(at).copy(),
        stage=table.stage[rows].astype(np.int64),
        amount_minor=table.amount_minor[rows].copy(),
        probability=probability,
        close_day=table.close_day[rows].astype(np.int64),
        rep=table.rep[rows].astype(np.int64),
    )
    day.tell(
        "sales_step",
        deal=table.number[rows].copy(),
        kind=np.array(DEALS, dtype=object)[table.kind[rows].astype(np.int64)],
        account=table.account[rows].copy(),
        prospect=table.prospect[rows].copy(),
        at=np.asarray(at) * 1_000_000,
        created_at=table.created_at[rows] * 1_000_000,
        stage=np.array(STAGES, dtype=object)[table.stage[rows].astype(np.int64)],
        opened=opened,
        amount_usd_minor=table.amount_minor[rows].copy(),
        probability=probability,
        close_day=table.close_day[rows].astype(np.int64),
        pushes=table.pushes[rows].astype(np.int64),
        discount_bp=table.discount_bp[rows].astype(np.int64),
        rep=table.rep[rows].astype(np.int64),
    )
