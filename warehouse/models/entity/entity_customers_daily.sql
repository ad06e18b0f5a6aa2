-- Grain: one row per customer and day on which it was on trial, signed, active or paused at the day's end
{{
    config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key="day",
        meta={"grows_by": "day", "published": {"partition": "day", "sorted_by": ["account_id", "day"]}},
    )
}}
{#- A source may come days late: the newest days are made again. -#}
{%- set days_made_again = late_days() %}
with
    days as (
        select day
        from {{ simulated_days() }}
        {% if is_incremental() %} where day > (select max(day) - {{ days_made_again }} from {{ this }}) {% endif %}
    ),

    money as (
        select mrr.account_id, days.day, sum(mrr.mrr_usd_minor) as mrr_usd_minor
        from days
        inner join {{ ref("fact_mrr_daily") }} as mrr on mrr.valid_from_day <= days.day and mrr.valid_to_day > days.day
        group by mrr.account_id, days.day
    )

select
    states.account_id,
    days.day,
    states.account_status,
    states.account_status = 'active' as is_active,
    states.plan,
    states.billing_interval,
    states.country,
    states.region,
    coalesce(places.open_locations, 0) as open_locations,
    coalesce(places.open_taps, 0) as open_taps,
    cast(coalesce(money.mrr_usd_minor, 0) as bigint) as mrr_usd_minor,
    coalesce(money.mrr_usd_minor, 0) > 0 as is_paying,
    states.is_internal
from days
inner join
    {{ ref("int_customers__states") }} as states
    on states.valid_from < days.day + interval '1' day
    and (states.valid_to is null or states.valid_to >= days.day + interval '1' day)
left join
    {{ ref("int_customers__places") }} as places
    on states.account_id = places.account_id
    and places.from_day <= days.day
    and (places.to_day is null or places.to_day > days.day)
left join money on states.account_id = money.account_id and days.day = money.day
where states.account_status in ('trial', 'signed', 'active', 'paused')
