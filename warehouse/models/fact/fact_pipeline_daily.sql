-- Grain: one row per open opportunity and day, as it stood at the day's end
with
    last_of_day as (
        select opportunity_id, cast(changed_at as date) as from_day, max_by(step_id, changed_at) as step_id
        from {{ ref("int_sales__opportunity_steps") }}
        group by opportunity_id, cast(changed_at as date)
    ),

    spells as (
        select
            last_of_day.opportunity_id,
            last_of_day.from_day,
            lead(last_of_day.from_day) over (
                partition by last_of_day.opportunity_id order by last_of_day.from_day
            ) as to_day,
            steps.stage,
            steps.amount_usd_minor,
            steps.probability_percent,
            steps.close_date
        from last_of_day
        inner join {{ ref("int_sales__opportunity_steps") }} as steps on last_of_day.step_id = steps.step_id
    )

select
    days.day,
    spells.opportunity_id,
    deals.opportunity_type,
    spells.stage,
    spells.amount_usd_minor,
    cast(spells.amount_usd_minor * spells.probability_percent / 100 as bigint) as weighted_amount_usd_minor,
    spells.close_date,
    spells.close_date < days.day as is_slipped,
    deals.owner_rep,
    deals.territory,
    deals.lead_source,
    bands.deal_size_band,
    deals.competitor,
    deals.account_id,
    deals.is_internal
from spells
inner join {{ ref("sales_stages") }} as stages on spells.stage = stages.stage and stages.is_open
inner join
    {{ simulated_days() }} as days
    on days.day >= spells.from_day
    and days.day < coalesce(spells.to_day, date '9999-01-01')
inner join {{ ref("fact_opportunities") }} as deals on spells.opportunity_id = deals.opportunity_id
left join
    {{ ref("deal_size_bands") }} as bands on spells.amount_usd_minor between bands.from_usd_minor and bands.to_usd_minor
