"""Figures about sales: leads, deals, the pipeline, what the team did, and Sales' own idea of revenue."""

from __future__ import annotations

from tapflow.quality.figure import Figure

# Our own test accounts are nobody's customers.
_TESTS = "(select account from truth.account group by account having max(is_test))"
_REAL_LEADS = f"(select * from truth.sales_lead where account not in {_TESTS}) as t"
# Every step with what the deal turned out to be about: a prospect's deal may become a trial's.
_STEPS = f"""(
    select s.*, last.last_kind, lag(s.stage) over (partition by s.deal order by s.at) as previous_stage,
        lag(s.close_day) over (partition by s.deal order by s.at) as previous_close_day
    from truth.sales_step as s
    join (
        select deal, max_by(kind, steps.at) as last_kind, max(account) as last_account
        from truth.sales_step as steps
        group by deal
    ) as last on last.deal = s.deal
    where last.last_account not in {_TESTS}
) as t"""
_DEALS = "(select * from fact.fact_opportunities where not is_internal)"
_CHANGES = "(select * from fact.fact_opportunity_stages where not is_internal)"
_DAYS = """(
    select cast(unnest(generate_series(min(day), max(day), interval '1' day)) as date) as day
    from entity.entity_customers_daily
)"""
_TYPE = {"opportunity_type": ("opportunity_type", "last_kind")}


def _figure(
    name: str,
    title: str,
    unit: str,
    kind: str,
    published: tuple[str, str, str],
    truth: tuple[str, str, str],
    dims: dict[str, tuple[str, str]] | None = None,
    explained: str | None = None,
) -> Figure:
    """A figure from (period, value, relation with its condition) on either side."""
    sides = [
        f"select $period({period}) as period, $dim as dim, {value} as value from {relation} group by 1, 2"
        for period, value, relation in (published, truth)
    ]
    return Figure(name, title, "sales", unit, kind, sides[0], sides[1], explained, dims or {})


def _closed(name: str, title: str, unit: str, published_value: str, truth_value: str, stage: str) -> Figure:
    return _figure(
        name,
        title,
        unit,
        "flow",
        ("closed_at", published_value, f"{_DEALS} where stage = '{stage}'"),
        ("t.at", truth_value, f"{_STEPS} where stage = '{stage}'"),
        _TYPE,
    )


def _pipeline(name: str, title: str, unit: str, published_value: str, truth_value: str) -> Figure:
    return _figure(
        name,
        title,
        unit,
        "stock",
        ("day", published_value, "fact.fact_pipeline_daily where not is_internal"),
        ("day", truth_value, "truth.sales_pipeline_day"),
        {"stage": ("stage", "stage"), "opportunity_type": ("opportunity_type", "kind")},
    )


FIGURES: tuple[Figure, ...] = (
    _figure(
        "leads_created",
        "Leads created",
        "count",
        "flow",
        ("created_at", "count(*)", "fact.fact_leads where not is_duplicate and not is_internal"),
        ("t.at", "count(*)", f"{_REAL_LEADS} where event = 'created'"),
        explained="select $period(day) as period, $dim as dim, count(*) as value from truth.mess "
        "where kind in ('duplicate_lead', 'imported_lead') and effect = 1 group by 1, 2",
    ),
    _figure(
        "leads_qualified",
        "Leads that sales accepted",
        "count",
        "flow",
        ("qualified_at", "count(*)", "fact.fact_leads where is_sales_qualified and not is_internal"),
        ("t.at", "count(*)", f"{_REAL_LEADS} where event = 'qualified'"),
        {
            "lead_type": (
                "lead_type",
                "case kind when 'demo' then 'Demo Request' when 'outbound' then 'Outbound' when 'event' then 'Event' "
                "when 'scored' then 'Marketing Score' else 'Signup' end",
            )
        },
    ),
    _figure(
        "lead_response_hours",
        "Median hours from a lead to the first answer",
        "hours",
        "own",
        (
            "created_at",
            "median(response_hours)",
            "fact.fact_leads where not is_duplicate and not is_internal and response_hours is not null",
        ),
        (
            "created_at",
            "median((epoch_us(t.at) - epoch_us(t.created_at)) / 3600000000.0)",
            f"{_REAL_LEADS} where event = 'responded'",
        ),
    ),
    _figure(
        "opportunities_created",
        "Opportunities created",
        "count",
        "flow",
        ("created_at", "count(*)", _DEALS),
        ("t.at", "count(*)", f"{_STEPS} where opened"),
        _TYPE,
    ),
    _closed("opportunities_won", "Opportunities won", "count", "count(*)", "count(*)", "Closed Won"),
    _closed("opportunities_lost", "Opportunities lost", "count", "count(*)", "count(*)", "Closed Lost"),
    _closed("bookings", "Amount won", "USD minor", "sum(amount_usd_minor)", "sum(amount_usd_minor)", "Closed Won"),
    _figure(
        "win_rate",
        "Won of won and lost",
        "ratio",
        "own",
        ("closed_at", "avg(cast(is_won as integer))", f"{_DEALS} where is_closed"),
        (
            "t.at",
            "avg(cast(stage = 'Closed Won' as integer))",
            f"{_STEPS} where stage in ('Closed Won', 'Closed Lost')",
        ),
        _TYPE,
    ),
    _figure(
        "sales_cycle_days",
        "Median days from creation to won",
        "days",
        "own",
        ("closed_at", "median(sales_cycle_days)", f"{_DEALS} where is_won"),
        (
            "t.at",
            "median((epoch_us(t.at) - epoch_us(t.created_at)) / 86400000000.0)",
            f"{_STEPS} where stage = 'Closed Won'",
        ),
        _TYPE,
    ),
    _figure(
        "average_discount_bp",
        "Mean discount of won deals",
        "basis points",
        "own",
        ("closed_at", "avg(discount_bp)", f"{_DEALS} where is_won"),
        ("t.at", "avg(discount_bp)", f"{_STEPS} where stage = 'Closed Won'"),
        _TYPE,
    ),
    _pipeline("pipeline_value", "Open pipeline", "USD minor", "sum(amount_usd_minor)", "sum(amount_usd_minor)"),
    _pipeline(
        "weighted_pipeline_value",
        "Open pipeline, times the chance to win",
        "USD minor",
        "sum(weighted_amount_usd_minor)",
        "sum(weighted_usd_minor)",
    ),
    _pipeline("open_opportunities", "Open opportunities", "count", "count(*)", "sum(deals)"),
    _pipeline(
        "slipped_deals", "Open past their close date", "count", "sum(cast(is_slipped as integer))", "sum(slipped)"
    ),
    _figure(
        "stage_changes",
        "Changes of stage",
        "count",
        "flow",
        ("changed_at", "count(*)", f"{_CHANGES} where is_stage_change"),
        ("t.at", "count(*)", f"{_STEPS} where previous_stage <> stage"),
        {"stage": ("stage", "stage")},
    ),
    _figure(
        "deals_pushed",
        "Close dates moved out",
        "count",
        "flow",
        ("changed_at", "count(*)", f"{_CHANGES} where is_push"),
        ("t.at", "count(*)", f"{_STEPS} where previous_stage = stage and close_day > previous_close_day"),
    ),
    _figure(
        "sales_activities",
        "Calls, mails, tasks and meetings",
        "count",
        "flow",
        ("happened_at", "count(*)", "fact.fact_activities"),
        ("t.at", "count(*)", "truth.sales_activity as t"),
        {"activity_type": ("activity_type", "kind")},
    ),
    _figure(
        "quota",
        "Quotas by the quarter's first day",
        "USD minor",
        "flow",
        ("quarter_start", "sum(quota_usd_minor)", "fact.fact_quotas"),
        ("first_day", "sum(amount_usd_minor)", "truth.sales_quota"),
        {"territory": ("territory", "territory")},
    ),
    _figure(
        "territory_changes",
        "Companies of the CRM moved to another territory",
        "count",
        "flow",
        ("changed_at", "count(*)", "fact.fact_territory_changes"),
        ("t.at", "count(*)", "truth.sales_territory as t"),
        {
            "territory": ("territory", "territory"),
            "previous_territory": ("previous_territory", "previous_territory"),
        },
    ),
    _figure(
        "territory_changes_of_customers",
        "Accounts moved to another territory after they were opened, by their history",
        "count",
        "flow",
        (
            "valid_from",
            "count(*)",
            "entity.entity_customers_history as h "
            "join (select account_id, signed_up_at from entity.entity_customers) as c on c.account_id = h.account_id "
            "where h.change_reason = 'territory' and not h.is_internal "
            "and cast(h.valid_from as date) > cast(c.signed_up_at as date)",
        ),
        (
            "t.at",
            "count(*)",
            """(
                select m.* from truth.sales_territory as m
                join truth.identity as i on i.system = 'salesforce' and i.entity = 'account'
                    and i.system_id = m.crm_account
                join (
                    select account, min(created_at) as created_at, max(is_test) as is_test
                    from truth.account group by account
                ) as a on a.account = i.account
                where not a.is_test and cast(m.at as date) > cast(a.created_at as date)
            ) as t""",
        ),
        {
            "territory": ("sales_territory", "territory"),
            "previous_territory": ("previous_sales_territory", "previous_territory"),
        },
    ),
    Figure(
        name="sales_arr",
        title="Sales' annual recurring revenue against Finance's",
        domain="sales",
        unit="USD minor",
        kind="stock",
        published=f"select $period(d.day) as period, $dim as dim, sum(c.change_usd_minor) as value from {_DAYS} as d "
        "join fact.fact_sales_arr_changes as c on c.changed_day <= d.day group by 1, 2",
        truth="select $period(d.day) as period, $dim as dim, 12 * sum(m.amount_usd_minor) as value "
        f"from {_DAYS} as d join truth.mrr_movement as m on cast(m.at as date) <= d.day "
        "where not m.is_test group by 1, 2",
        # The CRM learns at night what Finance knew the evening before; all else is told cause by cause, and what
        # has no cause explains nothing.
        explained="select $period(day) as period, $dim as dim, sum(value) as value from ("
        "select day, amount_usd_minor as value from truth.sales_arr_gap where cause <> 'unnamed' union all "
        "select cast(m.at as date), -12 * amount_usd_minor from truth.mrr_movement as m "
        "where not is_test and kind <> 'opening') group by 1, 2",
    ),
)
