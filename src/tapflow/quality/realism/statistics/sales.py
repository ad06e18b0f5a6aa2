"""Sales, and what a customer costs."""

from __future__ import annotations

from tapflow.quality.realism.noise import of_median as median_of
from tapflow.quality.realism.noise import ratio, share
from tapflow.quality.realism.statistic import Statistic

_LEADS = """
    select * from log.salesforce__lead qualify row_number() over (partition by Id order by SystemModstamp desc) = 1
"""
_DEALS = """
    select * from log.salesforce__opportunity
    qualify row_number() over (partition by Id order by SystemModstamp desc) = 1
"""
# Cohorts old enough that their outcome is known.
_RIPE = "CreatedDate between (select first_day from facts.clock) and (select last_day - 60 from facts.clock)"
_CLOSED = "IsClosed and Type = 'New Business' and Closed_At__c >= (select first_day from facts.clock)"
# Sales' and marketing's own expense a month, and what a month's new customers pay.
_SPEND = """
    select sum(coalesce(debit, 0) - coalesce(credit, 0)) as usd
    from log.netsuite__journal_lines as l
    join (select id, any_value(name) as name from log.netsuite__departments group by 1) as d on d.id = l.department
    join (select id, any_value(accttype) as kind from log.netsuite__accounts group by 1) as a on a.id = l.account
    where d.name in ('Sales', 'Marketing') and a.kind = 'Expense'
"""
_NEW = """
    select count(*) as customers, sum(delta) as mrr from facts.mrr_moves as m
    where before <= 0.005 and delta > 0.005 and day > (select first_day + 1 from facts.clock)
    and not exists (select 1 from facts.mrr_moves as e where e.account_id = m.account_id and e.day < m.day)
"""
_MARGIN = """
    select sum(case when kind = 'Income' then coalesce(credit, 0) - coalesce(debit, 0)
            else coalesce(credit, 0) - coalesce(debit, 0) end)
        / sum(case when kind = 'Income' then coalesce(credit, 0) - coalesce(debit, 0) end) as share
    from log.netsuite__journal_lines as l
    join (select id, any_value(accttype) as kind from log.netsuite__accounts group by 1) as a on a.id = l.account
    where a.kind in ('Income', 'COGS')
"""
_MORE_COST = {"finance": {"planning": {"growth_month": 1.5}}}  # what is planned grows, and so what is spent

# A rep wins some hundred deals with a skill of their own: as if four fell together.
_A_REP = 4.0

STATISTICS: tuple[Statistic, ...] = (
    Statistic(
        "mql_to_sql", "MQL to SQL", "of marketing-qualified leads", 0.30, 0.45, "First Page Sage 39 %",
        f"select count(*) filter (where IsConverted), count(*) from ({_LEADS}) where Is_MQL__c and {_RIPE}",
        {"sales": {"leads": {"qualified": [0.9, 0.9, 0.9, 0.9, 0.9]}}}, share(),
    ),
    Statistic(
        "sql_to_won", "SQL to won", "of qualified leads", 0.16, 0.28, "Bridge Group",
        f"""
        select count(*) filter (where o.IsWon), count(*) from ({_LEADS}) as l
        join ({_DEALS}) as o on o.Id = l.ConvertedOpportunityId
        where l.IsConverted and o.IsClosed
        """,
        {"sales": {"deals": {"advance": [0.95, 0.95, 0.95, 0.95]}}}, share(_A_REP),
    ),
    Statistic(
        "opportunity_to_won", "Opportunity to won", "of closed new-business opportunities", 0.18, 0.27, "20-25 %",
        f"select count(*) filter (where IsWon), count(*) from ({_DEALS}) where {_CLOSED}",
        {"sales": {"deals": {"advance": [0.95, 0.95, 0.95, 0.95]}}}, share(_A_REP),
    ),
    Statistic(
        "cycle_small", "Sales cycle, median, small deals", "days", 14, 40, "CRO Report",
        f"""
        select date_diff('hour', CreatedDate, Closed_At__c) / 24.0 from ({_DEALS})
        where {_CLOSED} and IsWon and Number_of_Locations__c <= 2
        """,
        {"sales": {"deals": {"stage_days_small": [30, 30, 30, 30], "stage_days_large": [60, 60, 60, 60]}}},
        median_of(0.9), of_median=True,
    ),
    Statistic(
        "cycle_all", "Sales cycle, median, all deals", "days", 30, 90, "Optifai",
        f"select date_diff('hour', CreatedDate, Closed_At__c) / 24.0 from ({_DEALS}) where {_CLOSED} and IsWon",
        {"sales": {"deals": {"stage_days_small": [2, 2, 2, 2], "stage_days_large": [3, 3, 3, 3]}}},
        median_of(0.9), of_median=True,
    ),
    Statistic(
        "cac_payback", "CAC payback", "months", 10, 20, "Benchmarkit 12-18",
        f"select s.usd, n.mrr * g.share, n.customers from ({_SPEND}) as s, ({_NEW}) as n, ({_MARGIN}) as g",
        _MORE_COST, ratio(2.0),  # new customers' number and their very unequal size
    ),
    Statistic(
        "ltv_cac", "LTV : CAC", "times", 2.5, 5.0, "median 3.2",
        f"""
        with paying as (
            select sum(date_diff('second', from_at, to_at)) / 86400.0 / 30.4375 as months from facts.paying
        ),
        gone as (
            select count(*) as customers from facts.churns where churned_at >= (select first_day from facts.clock)
        ),
        book as (
            select sum(mrr * date_diff('day', greatest(day, (select first_day from facts.clock)),
                coalesce(to_day, (select last_day + 1 from facts.clock)))) / 30.4375 as usd_months
            from facts.mrr_steps
        )
        select (b.usd_months / p.months) * g.share / (c.customers / p.months) * n.customers, s.usd,
            least(c.customers, n.customers)
        from ({_SPEND}) as s, ({_NEW}) as n, ({_MARGIN}) as g, paying as p, gone as c, book as b
        """,
        _MORE_COST, ratio(1.4),  # of those who come and of those who go
    ),
)  # fmt: skip
