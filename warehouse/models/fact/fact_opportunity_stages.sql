-- Grain: one row per change of an opportunity's stage, amount, probability or close date
with stages as (select stage, stage_order from {{ ref("sales_stages") }})

select
    steps.step_id,
    steps.opportunity_id,
    deals.opportunity_type,
    steps.changed_at,
    cast(steps.changed_at as date) as changed_day,
    steps.previous_stage,
    steps.stage,
    steps.previous_stage is null as is_opening,
    steps.previous_stage is not null and steps.previous_stage <> steps.stage as is_stage_change,
    coalesce(
        steps.previous_stage <> steps.stage
        and steps.stage <> 'Closed Lost'
        and current_stages.stage_order > previous_stages.stage_order,
        false
    ) as is_forward,
    coalesce(steps.close_date > steps.previous_close_date and steps.previous_stage = steps.stage, false) as is_push,
    steps.amount_usd_minor,
    steps.amount_usd_minor - coalesce(steps.previous_amount_usd_minor, 0) as amount_change_usd_minor,
    steps.probability_percent,
    steps.close_date,
    steps.previous_close_date,
    steps.next_changed_at,
    case
        when steps.next_changed_at is not null
        then ({{ to_epoch("steps.next_changed_at") }} - {{ to_epoch("steps.changed_at") }}) / cast(86400 as double)
    end as days_until_next,
    deals.owner_rep,
    deals.territory,
    deals.lead_source,
    deals.account_id,
    deals.is_internal
from {{ ref("int_sales__opportunity_steps") }} as steps
inner join {{ ref("fact_opportunities") }} as deals on steps.opportunity_id = deals.opportunity_id
left join stages as current_stages on steps.stage = current_stages.stage
left join stages as previous_stages on steps.previous_stage = previous_stages.stage
