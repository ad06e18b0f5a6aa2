"""Figures of billing: MRR and its movements, customers that pay, invoices, payments, refunds, revenue."""

from __future__ import annotations

from tapflow.quality.figure import Figure

_CURRENCY = {"currency": ("currency", "currency")}
_PRODUCTS = {**_CURRENCY, "product_line": ("product_line", "product_line"), "product": ("product", "product")}
_MOVED = "not is_test and amount_usd_minor <> 0"
# What a customer is, and what brought it, is told of the customer, not of its movements.
_MOVEMENTS = (
    "fact.fact_mrr_movements left join "
    "(select account_id, acquisition_channel, industry, signup_cohort from entity.entity_customers) using (account_id)"
)
_TRUE_MOVEMENTS = (
    "truth.mrr_movement left join "
    "(select account, max_by(channel, day) as channel, max_by(industry, day) as industry, "
    "cast(date_trunc('month', min(created_at)) as date) as cohort from truth.account group by account) using (account)"
)
_MOVED_DIMS = {
    **_CURRENCY,
    "channel": ("acquisition_channel", "channel"),
    "industry": ("industry", "industry"),
    "signup_cohort": ("signup_cohort", "cohort"),
}

# Every day of the ledger, so that stocks have a value on days without a movement.
_TRUE_DAYS = "(select day from truth.cash_day)"
_DAYS = "(select day from fact.fact_cash_daily group by day)"


def _movement(name: str, title: str, kind: str, sign: int = 1) -> Figure:
    return Figure(
        name=name,
        title=title,
        domain="billing",
        unit="usd_minor",
        kind="flow",
        published=f"select $period(day) as period, $dim as dim, {sign} * sum(amount_usd_minor) as value "
        f"from {_MOVEMENTS} where movement = '{kind}' group by 1, 2",
        truth=f"select $period(at) as period, $dim as dim, {sign} * sum(amount_usd_minor) as value "
        f"from {_TRUE_MOVEMENTS} where kind = '{kind}' and {_MOVED} group by 1, 2",
        dims=_MOVED_DIMS,
    )


def _moved_customers(name: str, title: str, kind: str) -> Figure:
    return Figure(
        name=name,
        title=title,
        domain="billing",
        unit="count",
        kind="flow",
        published="select $period(day) as period, $dim as dim, count(*) as value "
        f"from {_MOVEMENTS} where movement = '{kind}' group by 1, 2",
        truth="select $period(at) as period, $dim as dim, count(*) as value "
        f"from {_TRUE_MOVEMENTS} where kind = '{kind}' and {_MOVED} group by 1, 2",
        dims=_MOVED_DIMS,
    )


def _flow(
    name: str,
    title: str,
    published: tuple[str, str, str],
    truth: tuple[str, str, str],
    unit: str = "usd_minor",
    dims: dict[str, tuple[str, str]] | None = None,
) -> Figure:
    """A sum by instant; each side is (instant, value, rest of the query from FROM on)."""
    sides = [
        f"select $period({at}) as period, $dim as dim, {value} as value {rest} group by 1, 2"
        for at, value, rest in (published, truth)
    ]
    return Figure(name, title, "billing", unit, "flow", sides[0], sides[1], dims=_CURRENCY if dims is None else dims)


_SUM = "sum(amount_usd_minor)"
_TRUE_MRR = f"""
    select days.day, m.currency, sum(m.amount_usd_minor) as mrr
    from {_TRUE_DAYS} as days
    join truth.mrr_movement as m on cast(m."at" as date) <= days.day
    where not m.is_test group by days.day, m.currency
"""
_TRUE_CUSTOMERS = f"""
    select days.day, count(*) as customers
    from {_TRUE_DAYS} as days
    join (
        select account, cast("at" as date) as from_day, after_usd_minor as after,
            lead(cast("at" as date)) over (partition by account order by "at", after_usd_minor) as to_day
        from (
            select account, max("at") as "at", sum(sum(amount_usd_minor)) over (
                partition by account order by cast(max("at") as date)
            ) as after_usd_minor
            from truth.mrr_movement where not is_test group by account, cast("at" as date)
        )
    ) as levels on levels.from_day <= days.day and (levels.to_day is null or levels.to_day > days.day)
    where levels.after > 0 group by days.day
"""

FIGURES: tuple[Figure, ...] = (
    Figure(
        name="mrr",
        title="Monthly recurring revenue",
        domain="billing",
        unit="usd_minor",
        kind="stock",
        published="select $period(days.day) as period, $dim as dim, sum(mrr_usd_minor) as value "
        f"from {_DAYS} as days join fact.fact_mrr_daily as f "
        "on f.valid_from_day <= days.day and f.valid_to_day > days.day group by 1, 2",
        truth=f"select $period(day) as period, $dim as dim, sum(mrr) as value from ({_TRUE_MRR}) group by 1, 2",
        dims=_CURRENCY,
    ),
    Figure(
        name="paying_customers",
        title="Customers with MRR above zero",
        domain="billing",
        unit="count",
        kind="stock",
        published="select $period(days.day) as period, $dim as dim, count(distinct account_id) as value "
        f"from {_DAYS} as days join fact.fact_mrr_daily as f "
        "on f.valid_from_day <= days.day and f.valid_to_day > days.day group by 1, 2",
        truth="select $period(day) as period, $dim as dim, sum(customers) as value "
        f"from ({_TRUE_CUSTOMERS}) group by 1, 2",
    ),
    _movement("opening_mrr", "MRR of customers that paid before the first day", "opening"),
    _movement("new_mrr", "MRR of customers that never paid before", "new"),
    _movement("expansion_mrr", "Rises of MRR of customers that stay", "expansion"),
    _movement("contraction_mrr", "Falls of MRR of customers that stay", "contraction", -1),
    _movement("churned_mrr", "MRR lost by customers that stop paying", "churned", -1),
    _movement("reactivation_mrr", "MRR of customers that pay again", "reactivation"),
    _movement("fx_mrr", "Step of MRR by a new year's rates", "fx"),
    _flow(
        "net_new_mrr",
        "Net new MRR",
        ("day", _SUM, f"from {_MOVEMENTS} where movement <> 'opening'"),
        ("at", _SUM, f"from {_TRUE_MOVEMENTS} where kind <> 'opening' and {_MOVED}"),
        dims=_MOVED_DIMS,
    ),
    _flow(
        "involuntary_churned_mrr",
        "Churned MRR whose cause is unpaid bills",
        ("day", f"-{_SUM}", "from fact.fact_mrr_movements where movement = 'churned' and reason = 'unpaid'"),
        ("at", f"-{_SUM}", f"from truth.mrr_movement where kind = 'churned' and cause = 'unpaid' and {_MOVED}"),
        dims={},
    ),
    _moved_customers("new_customers", "Customers that pay for the first time", "new"),
    _moved_customers("churned_customers", "Customers that stop paying", "churned"),
    _moved_customers("reactivated_customers", "Customers that pay again", "reactivation"),
    _flow(
        "billings",
        "Invoices finalised, amount due",
        ("finalized_at", "sum(amount_due_usd_minor)", "from fact.fact_invoices where not is_opening"),
        ("finalized_at", _SUM, "from truth.invoice where not is_opening"),
    ),
    _flow(
        "invoices_finalized",
        "Invoices finalised",
        ("finalized_at", "count(*)", "from fact.fact_invoices where not is_opening"),
        ("finalized_at", "count(*)", "from truth.invoice where not is_opening"),
        unit="count",
    ),
    _flow(
        "billed_lines",
        "Invoice lines, net of discount",
        ("finalized_at", _SUM, "from fact.fact_invoice_lines where not is_opening"),
        ("finalized_at", _SUM, "from truth.invoice_line where not is_opening"),
        dims={**_PRODUCTS, "line_kind": ("line_kind", "kind")},
    ),
    _flow(
        "collections",
        "Payments that succeeded",
        ("attempted_at", _SUM, "from fact.fact_payments where is_succeeded and not is_opening"),
        ("at", _SUM, "from truth.payment_attempt where succeeded"),
    ),
    _flow(
        "payment_attempts",
        "Attempts to collect an invoice",
        ("attempted_at", "count(*)", "from fact.fact_payments where not is_opening"),
        ("at", "count(*)", "from truth.payment_attempt"),
        unit="count",
    ),
    _flow(
        "failed_payments",
        "Attempts that failed",
        ("attempted_at", "count(*)", "from fact.fact_payments where not is_succeeded and not is_opening"),
        ("at", "count(*)", "from truth.payment_attempt where not succeeded"),
        unit="count",
        dims={**_CURRENCY, "decline_code": ("decline_code", "decline")},
    ),
    _flow(
        "refunds",
        "Amount refunded",
        ("refunded_at", _SUM, "from fact.fact_refunds"),
        ("at", _SUM, "from truth.refund"),
    ),
    _flow(
        "credit_notes",
        "Amount credited",
        ("credited_at", _SUM, "from fact.fact_credit_notes"),
        ("at", _SUM, "from truth.credit_note"),
        dims={**_CURRENCY, "after_payment": ("is_after_payment", "after_payment")},
    ),
    _flow(
        "recognized_revenue",
        "Revenue recognised by day of service",
        ("day", "sum(recognized_usd_minor)", "from fact.fact_recognized_revenue"),
        ("day", "sum(recognised_usd_minor)", "from truth.recognised_revenue"),
        dims=_PRODUCTS,
    ),
    Figure(
        name="deferred_revenue",
        title="Billed and not yet recognised",
        domain="billing",
        unit="usd_minor",
        kind="stock",
        published="select $period(day) as period, $dim as dim, sum(deferred_usd_minor) as value "
        "from fact.fact_recognized_revenue group by 1, 2",
        truth="select $period(day) as period, $dim as dim, sum(deferred_usd_minor) as value "
        "from truth.recognised_revenue group by 1, 2",
        dims=_PRODUCTS,
    ),
    Figure(
        name="accounts_receivable",
        title="Open invoice balances",
        domain="billing",
        unit="usd_minor",
        kind="stock",
        published="select $period(days.day) as period, $dim as dim, sum(balance_usd_minor) as value "
        f"from {_DAYS} as days join fact.fact_receivables as f "
        "on f.valid_from_day <= days.day and (f.valid_to_day is null or f.valid_to_day > days.day) group by 1, 2",
        truth="select $period(day) as period, $dim as dim, sum(amount_usd_minor) as value "
        "from truth.receivable_day group by 1, 2",
        dims={
            **_CURRENCY,
            "aging_bucket": (
                "case when days.day - due_day <= 0 then 'current' when days.day - due_day <= 30 then '1-30' "
                "when days.day - due_day <= 60 then '31-60' when days.day - due_day <= 90 then '61-90' else '90+' end",
                "aging_bucket",
            ),
        },
    ),
    Figure(
        name="dunning_recovery_rate",
        title="Invoices first failed and paid within 30 days, of those that failed",
        domain="billing",
        unit="ratio",
        kind="own",
        published="select $period(first_failed_at) as period, $dim as dim, "
        "cast(sum(case when is_recovered_30d then 1 else 0 end) as double) / count(*) as value from fact.fact_invoices "
        "where first_failed_at is not null and not is_opening group by 1, 2",
        truth="select $period(failed_at) as period, $dim as dim, "
        "cast(sum(case when paid_at <= failed_at + interval '30' day then 1 else 0 end) as double) / count(*) as value "
        'from (select invoice, min(case when not succeeded then "at" end) as failed_at, '
        'min(case when succeeded then "at" end) as paid_at from truth.payment_attempt group by invoice) '
        "join truth.invoice using (invoice) where failed_at is not null and not is_opening group by 1, 2",
        dims=_CURRENCY,
    ),
)
