-- Grain: one row per customer and period in which its status, plan, billing interval, place and territory stood still
with
    states as (select * from {{ ref("int_customers__states") }}),

    territories as (select * from {{ ref("int_sales__territories") }}),

    -- A row begins with a change of the account or of its territory; the account's own reason goes first.
    moments as (
        select account_id, valid_from
        from states

        union

        select account_id, valid_from
        from territories
        where previous_territory is not null
    )

select
    moments.account_id,
    moments.valid_from,
    lead(moments.valid_from) over (partition by moments.account_id order by moments.valid_from) as valid_to,
    lead(moments.valid_from) over (partition by moments.account_id order by moments.valid_from) is null as is_current,
    case when moments.valid_from = states.valid_from then states.change_reason else 'territory' end as change_reason,
    states.account_name,
    states.account_status,
    states.previous_status,
    states.plan,
    states.previous_plan,
    states.billing_interval,
    states.country,
    states.region,
    territories.territory as sales_territory,
    territories.previous_territory as previous_sales_territory,
    states.churn_reason,
    states.is_internal,
    states.loaded_at
from moments
inner join
    states
    on moments.account_id = states.account_id
    and moments.valid_from >= states.valid_from
    and (states.valid_to is null or moments.valid_from < states.valid_to)
left join
    territories
    on moments.account_id = territories.account_id
    and moments.valid_from >= territories.valid_from
    and (territories.valid_to is null or moments.valid_from < territories.valid_to)
