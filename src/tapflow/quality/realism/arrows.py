"""Causes and effects, found again in the emitted data as rate ratios."""

from __future__ import annotations

from tapflow.quality.realism.statistic import Arrow

_FIRST = "(select first_day from facts.clock)"
_LAST = "(select last_day from facts.clock)"

ARROWS: tuple[Arrow, ...] = (
    Arrow(
        "fault_to_ticket", "Device fault -> ticket within three days", True,
        # Each account against itself: the three days from a fault against the week before it. Against other accounts'
        # days it would find that large houses have more faults and more questions.
        """
        with hot as (
            select distinct account_id, cast(unnest(generate_series(day, day + 2, interval 1 day)) as date) as day
            from facts.faults
        ),
        calm as (
            select distinct account_id, cast(unnest(generate_series(day - 7, day - 1, interval 1 day)) as date) as day
            from facts.faults
        ),
        days as (
            select account_id, day, true as exposed from hot
            union all
            select account_id, day, false from calm anti join hot using (account_id, day)
        )
        select exposed, sum(coalesce(t.n, 0)), count(*)
        from days as d left join (select account_id, day, count(*) as n from facts.tickets group by 1, 2) as t
            using (account_id, day)
        where day between (select first_day from facts.clock) and (select last_day from facts.clock) group by 1
        """,
        {"support": {"fault_to_ticket": 0.0}},
    ),
    Arrow(
        "offline_to_churn", "Offline hours in 28 days -> churn in 60", True,
        # Within fleets of a size: a lone device's mean goes to extremes, and small houses leave sooner. Every other
        # of the 28-day marks, so that nobody who leaves counts twice. A house that closes or cannot pay leaves anyhow.
        f"""
        select offline_hours > 10, count(*) filter (where c.account_id is not null), count(*), least(m.devices, 6)
        from facts.trouble as m left join facts.churns as c on c.account_id = m.account_id
            and c.churn_reason not in ('closed_business', 'unpaid')
            and c.churned_at >= m.day and c.churned_at < m.day + 60
        where date_diff('day', {_FIRST}, m.day) % 56 = 28 group by 1, 4
        """,
        # Who pours less because the devices are down leaves for that, too.
        {
            "customers": {
                "causes": {"offline_hours_to_churn": 0.0, "falling_usage_to_churn": 0.0},
                "leaving": {"unreliable_devices": 0.0},
            }
        },
    ),
    Arrow(
        "falling_usage_to_churn", "Falling usage -> churn", True,
        # Account-weeks. A house that closes or cannot pay leaves whether or not it pours.
        """
        select usage_ratio < 0.8, count(*) filter (where c.account_id is not null), count(*)
        from facts.weeks as w left join facts.churns as c on c.account_id = w.account_id
            and c.churn_reason not in ('closed_business', 'unpaid')
            and c.churned_at >= w.day and c.churned_at < w.day + 7
        where usage_ratio is not null group by 1
        """,
        {"customers": {"causes": {"falling_usage_to_churn": 0.0}}},
    ),
    Arrow(
        "failed_payment_to_churn", "Failed payment -> churn", True,
        f"""
        select f.account_id is not null, count(distinct (c.account_id, c.churned_at)), count(*)
        from facts.grid as m
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
        # From the thirtieth day on, when it is known: who left before had no time to finish.
        f"""
        select coalesce(date_diff('day', a.created_at, a.activated_at) <= 30, false),
            count(c.account_id),
            sum(date_diff('second', greatest(p.from_at, a.created_at + interval 30 day), p.to_at)) / 86400.0
        from facts.paying as p join facts.accounts as a using (account_id)
        left join facts.churns as c on c.account_id = p.account_id and c.churned_at = p.to_at
        where a.created_at >= {_FIRST} and p.to_at > a.created_at + interval 30 day group by 1
        """,
        {"customers": {"causes": {"onboarding_to_churn": 0.0}}},
    ),
    Arrow(
        "features_to_expansion", "Feature adoption -> expansion", True,
        """
        select features >= 6, count(distinct (x.account_id, x.day)), count(*)
        from facts.adoption as m left join facts.mrr_moves as x on x.account_id = m.account_id
            and x.before > 0.005 and x.delta > 0.005 and x.day >= m.day and x.day < m.day + 30
        where features is not null group by 1
        """,
        {"customers": {"causes": {"features_to_expansion": 0.0}}},
    ),
    Arrow(
        "touch_to_signup", "Campaign touch -> sign-up", True,
        # Days on which somebody comes again whom a campaign brought in the four weeks before: the last tagged visit
        # at most seven days ago, or longer. Against visitors whom no campaign brought it would hold buyers against
        # people who never buy, and find an effect where there is none.
        """
        with people as (
            select person, day, max(tagged) as tagged, max(signed) as signed from facts.visits group by 1, 2
        ),
        days as (
            select v.person, v.day, v.signed, min(v.day - e.day) as since
            from people as v join people as e on e.person = v.person and e.tagged = 1
                and e.day >= v.day - 28 and e.day < v.day
            where not exists (select 1 from people as s where s.person = v.person and s.signed = 1 and s.day < v.day)
            group by 1, 2, 3
        )
        select since <= 7, sum(signed), count(*) from days group by 1
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
        from facts.terms as m left join facts.mrr_moves as x on x.account_id = m.account_id
            and x.before > 0.005 and x.delta < -0.005 and x.before + x.delta > 0.005
            and x.day >= m.day and x.day < m.day + 30
        where discount is not null group by 1
        """,
        {"customers": {"causes": {"discount_to_contraction": 0.0}}},
    ),
)  # fmt: skip
