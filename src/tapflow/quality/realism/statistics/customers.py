"""Customers and what they pay."""

from __future__ import annotations

import math

from tapflow.quality.realism.noise import Noise, hazard, mean, rate, share
from tapflow.quality.realism.statistic import ASSUMPTION, Statistic
from tapflow.quality.realism.views import mrr_on

_LAST = "select last_day from facts.clock"
_YEAR_AGO = "select last_day - 365 from facts.clock"


def _churn(name: str, title: str, low: float, high: float, source: str, houses: str, plant: float) -> Statistic:
    return Statistic(
        name, title, "of customers a month", low, high, source,
        f"""
        select
            (select count(*) from facts.churns join facts.houses using (account_id)
                where locations {houses} and churned_at >= (select first_day from facts.clock)),
            (select sum(date_diff('second', from_at, to_at)) / 86400.0 / 30.4375
                from facts.paying join facts.houses using (account_id) where locations {houses})
        """,
        {"customers": {"leaving": {"price": plant, "competitor": plant}}}, rate(),
    )  # fmt: skip


def _retention(
    name: str, title: str, low: float, high: float, source: str, where: str, noise: Noise, capped: bool
) -> Statistic:
    end = "least(coalesce(e.mrr, 0), s.mrr)" if capped else "coalesce(e.mrr, 0)"
    return Statistic(
        name, title, "of MRR a year before", low, high, source,
        f"""
        select sum({end}), sum(s.mrr), sum(s.mrr), sum(s.mrr * s.mrr) from {mrr_on(_YEAR_AGO)} as s
        left join {mrr_on(_LAST)} as e using (account_id)
        left join facts.houses as h using (account_id)
        where s.mrr > 0 and {where} and ({_YEAR_AGO}) >= (select first_day from facts.clock)
        """,
        {"customers": {"growth": {"add_taps": 0.02, "add_location": 0.004}, "leaving": {"price": 0.003}}},
        noise,
    )  # fmt: skip


# One location with one tap each, and one price: tiny's 200 accounts pay the same but for currency and interval.
_ALL_ALIKE = {
    "customers": {"taps_most": 1, "locations_most": 1, "growth": {"add_location": 0.0, "add_product": 0.0}},
    "marketing": {"prospects": {"base_hazard": 0.0001}},
    "plans": {
        "plans": [
            {"name": name, "tap_month_minor": 5900, "seats_included": 3, "weight": 1, "large_weight": 1}
            for name in ("Starter", "Growth", "Enterprise")
        ],
        "add_ons": [
            {"product": "insights", "tap_month_minor": 1900, "share": 0.0},
            {"product": "loyalty", "tap_month_minor": 1400, "share": 0.0},
        ],
    },
    "size": {"accounts": 200, "locations": 200},
}
_ALWAYS_MENDED = {
    "billing": {
        "collection": {
            "declines": [
                {"code": "insufficient_funds", "weight": 1, "mended": 0.95},
                {"code": "processing_error", "weight": 1, "mended": 0.95},
            ]
        }
    }
}
STATISTICS: tuple[Statistic, ...] = (
    Statistic(
        "locations_per_customer", "Locations per customer, mean", "locations", 1.4, 1.8, "Toast S-1: 1.66",
        """
        select sum(locations), count(*) from facts.houses
        join facts.spells using (account_id) where status = 'active' and to_at > (select last_day from facts.clock)
        """,
        {"customers": {"locations_tail": 1.5}, "size": {"locations": 900}}, mean(deviation=1.5),
    ),
    _churn("churn_single", "Monthly logo churn, one location", 0.010, 0.025, "ChartMogul", "= 1", 0.003),
    _churn("churn_large", "Monthly logo churn, five locations and more", 0.003, 0.008, ASSUMPTION, ">= 5", 0.003),
    Statistic(
        "closure_first_year", "Bars that close in their first year", "of new bars", 0.15, 0.19, "Luo and Stark: 17 %",
        # Bars come to us at any age, few of them new: each quarter of the first year has its own hazard, and these
        # are added. One hazard over all paying days would speak of late ages, when the hazard has fallen.
        """
        with young as (
            select account_id, opened_on, from_at, to_at from facts.paying
            join facts.accounts using (account_id) join facts.houses using (account_id) where locations = 1
        ),
        quarters as (
            select quarter, sum(greatest(0, date_diff('second',
                greatest(from_at, opened_on + to_days(cast(quarter * 91.25 as integer))),
                least(to_at, opened_on + to_days(cast((quarter + 1) * 91.25 as integer)))))) / 86400.0 / 365 as years
            from young cross join (select unnest(range(4)) as quarter) group by 1
        ),
        closed as (
            select least(3, cast(floor(date_diff('day', opened_on, churned_at) / 91.25) as integer)) as quarter,
                count(*) as n
            from facts.churns join facts.accounts using (account_id) join facts.houses using (account_id)
            where churn_reason = 'closed_business' and locations = 1 and churned_at < opened_on + interval 365 day
                and churned_at >= (select first_day from facts.clock) group by 1
        )
        select sum(coalesce(n, 0) / nullif(years, 0) / 4) * sum(years), sum(years)
        from quarters left join closed using (quarter)
        """,
        {"customers": {"leaving": {"closure_first_year": 0.95}}},
        # The first quarter weighs as much as the last, with a seventh of its days: twice a single rate's variance.
        hazard(clustering=2.0), shape=lambda yearly: 1 - math.exp(-yearly),
    ),
    Statistic(
        "involuntary_churn", "Involuntary share of churn", "of churned customers", 0.15, 0.35, "0.8 of 3.5 points",
        "select count(*) filter (where churn_reason = 'unpaid'), count(*) from facts.churns",
        {"customers": {"leaving": {"price": 0.02}}}, share(),
    ),
    _retention("nrr_small", "Net revenue retention, 12 months, small", 0.95, 1.02, "SaaS Capital",
        "coalesce(h.locations, 1) < 5", mean(deviation=0.45), False),
    _retention("nrr_large", "Net revenue retention, 12 months, large", 1.08, 1.20, "Optifai",
        "coalesce(h.locations, 1) >= 5", mean(deviation=0.35), False),
    _retention("grr", "Gross revenue retention, 12 months", 0.86, 0.92, "Benchmarkit 88 %", "true", share(), True),
    Statistic(
        "expansion_share", "Expansion share of new ARR", "of MRR gained", 0.30, 0.42, "ChartMogul, Benchmarkit",
        # New customers and growth; who comes back from a pause or after leaving is neither.
        """
        with gained as (
            select account_id, sum(delta) filter (where before > 0.005) as more, sum(delta) as mrr
            from facts.mrr_moves
            where delta > 0.005 and (before > 0.005 or step = 1) and day > (select first_day + 1 from facts.clock)
            group by 1
        )
        select sum(more), sum(mrr), sum(mrr), sum(mrr * mrr) from gained
        """,
        {"customers": {"growth": {"add_taps": 0.02}}}, share(),
    ),
    Statistic(
        "trial_conversion", "Trial to paid, no card asked", "of trials", 0.08, 0.25, "sources conflict",
        """
        select count(*) filter (where status = 'active'), count(*) from facts.spells
        where status_before = 'trial' and status in ('active', 'expired')
        """,
        {"customers": {"trials": {"conversion": 0.5}}}, share(),
    ),
    Statistic(
        "revenue_top_fifth", "Top 20 % of customers' share of revenue", "of MRR", 0.45, 0.76, "power law",
        f"""
        select sum(mrr) filter (where place <= 0.2), sum(mrr), sum(mrr), sum(mrr * mrr)
        from (
            select mrr, row_number() over (order by mrr desc, account_id) / count(*) over () as place
            from {mrr_on(_LAST)} where mrr > 0
        )
        """,
        _ALL_ALIKE, share(),
    ),
    Statistic(
        "commonest_invoice", "Most common invoice amount", "of invoices", 0.0, 0.35, ASSUMPTION,
        """
        select max(n), sum(n) from (select total, count(distinct id) as n from log.stripe__invoices
        where total > 0 group by total)
        """,
        _ALL_ALIKE, share(),
    ),
    Statistic(
        "payment_recovery", "Failed payments recovered in 30 days", "of invoices first failed", 0.42, 0.58,
        "Recurly 47.6 %",
        """
        with failed as (
            select invoice, min(created) as failed_at from log.stripe__charges
            where status = 'failed' and invoice is not null group by 1
        ),
        paid as (
            select invoice, min(created) as paid_at from log.stripe__charges
            where status = 'succeeded' and invoice is not null group by 1
        )
        select count(*) filter (where paid_at <= failed_at + 30 * 86400), count(*)
        from failed left join paid using (invoice)
        where failed_at < epoch((select last_day - 30 from facts.clock))
        """,
        _ALWAYS_MENDED, share(clustering=1.5),  # a broken card fails several invoices
    ),
)  # fmt: skip
