"""Causes and effects, found again in the emitted data as rate ratios."""

from __future__ import annotations

from tapflow.quality.realism.statistic import Arrow

_FIRST = "(select first_day from facts.clock)"
_LAST = "(select last_day from facts.clock)"

ARROWS: tuple[Arrow, ...] = (
    Arrow(
        "fault_to_ticket", "Device fault -> ticket within three days", True,
        # Account-days: within three days after a fault, or not.
        """
        with days as (
            select account_id, cast(unnest(generate_series(cast(from_at as date), cast(to_at as date) - 1,
                interval 1 day)) as date) as day from facts.paying
        ),
        hot as (
            select distinct account_id, cast(unnest(generate_series(day, day + 2, interval 1 day)) as date) as day
            from facts.faults
        )
        select h.day is not null, sum(coalesce(t.n, 0)), count(*)
        from days as d left join hot as h using (account_id, day)
        left join (select account_id, day, count(*) as n from facts.tickets group by 1, 2) as t using (account_id, day)
        group by 1
        """,
        {"support": {"fault_to_ticket": 0.0}},
    ),
    Arrow(
        "offline_to_churn", "Offline hours in 28 days -> churn in 60", True,
        """
        select offline_hours > 10, count(*) filter (where c.account_id is not null), count(*)
        from facts.months as m left join facts.churns as c on c.account_id = m.account_id
            and c.churned_at >= m.day and c.churned_at < m.day + 60
        where offline_hours is not null group by 1
        """,
        {"customers": {"causes": {"offline_hours_to_churn": 0.0}, "leaving": {"unreliable_devices": 0.0}}},
    ),
    Arrow(
        "falling_usage_to_churn", "Falling usage -> churn", True,
        """
        select usage_ratio < 0.8, count(*) filter (where c.account_id is not null), count(*)
        from facts.months as m left join facts.churns as c on c.account_id = m.account_id
            and c.churned_at >= m.day and c.churned_at < m.day + 30
        where usage_ratio is not null group by 1
        """,
        {"customers": {"causes": {"falling_usage_to_churn": 0.0}}},
    ),
    Arrow(
        "failed_payment_to_churn", "Failed payment -> churn", True,
        f"""
        select f.account_id is not null, count(distinct (c.account_id, c.churned_at)), count(*)
        from facts.months as m
        left join (select distinct account_id, day from facts.failures) as f
            on f.account_id = m.account_id and f.day >= m.day - 30 and f.day < m.day
        left join facts.churns as c on c.account_id = m.account_id
            and c.churned_at >= m.day and c.churned_at < m.day + 30
        where m.day < {_LAST} - 30 group by 1
        """,
        {"customers": {"causes": {"failed_payment_to_churn": 0.0}}, "billing": {"collection": {"give_up_days": 2000}}},
    ),
    Arrow(
        "onboarding_to_churn", "Onboarding finished in 30 days -> less churn", False,
        f"""
        select coalesce(date_diff('day', a.created_at, a.activated_at) <= 30, false),
            count(c.account_id), sum(date_diff('second', p.from_at, p.to_at)) / 86400.0
        from facts.paying as p join facts.accounts as a using (account_id)
        left join facts.churns as c on c.account_id = p.account_id and c.churned_at = p.to_at
        where a.created_at >= {_FIRST} group by 1
        """,
        {"customers": {"causes": {"onboarding_to_churn": 0.0}}},
    ),
    Arrow(
        "features_to_expansion", "Feature adoption -> expansion", True,
        """
        select features >= 6, count(distinct (x.account_id, x.day)), count(*)
        from facts.months as m left join facts.mrr_moves as x on x.account_id = m.account_id
            and x.before > 0.005 and x.delta > 0.005 and x.day >= m.day and x.day < m.day + 30
        where features is not null group by 1
        """,
        {"customers": {"causes": {"features_to_expansion": 0.0}}},
    ),
    Arrow(
        "touch_to_signup", "Campaign touch -> sign-up", True,
        # Visitor-days: within seven days after a tagged visit, or not.
        """
        with people as (
            select person, day, max(tagged) as tagged, max(signed) as signed from facts.visits group by 1, 2
        ),
        days as (
            select v.person, v.day, v.signed, max(e.tagged) as touched
            from people as v left join people as e on e.person = v.person and e.day >= v.day - 7 and e.day < v.day
            group by 1, 2, 3
        )
        select coalesce(touched, 0) = 1, sum(signed), count(*) from days group by 1
        """,
        {"marketing": {"touches": {"strongest": 1.0}}},
    ),
    Arrow(
        "slow_response_to_bad_rating", "Slow first response -> low CSAT", True,
        """
        select hours > 12, count(*) filter (where score = 'bad'), count(*) from facts.rated group by 1
        """,
        {"support": {"slow_to_bad_rating": 0.0}},
    ),
    Arrow(
        "discount_to_contraction", "Discount depth -> later contraction", True,
        """
        select discount >= 10, count(distinct (x.account_id, x.day)), count(*)
        from facts.months as m left join facts.mrr_moves as x on x.account_id = m.account_id
            and x.before > 0.005 and x.delta < -0.005 and x.before + x.delta > 0.005
            and x.day >= m.day and x.day < m.day + 30
        where discount is not null group by 1
        """,
        {"customers": {"causes": {"discount_to_contraction": 0.0}}},
    ),
)  # fmt: skip
