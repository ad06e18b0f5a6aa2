-- Movements, summed from the opening balance on, are the MRR of every day.
with
    days as (select day from {{ simulated_days() }}),

    moved as (
        select days.day, sum(movements.amount_usd_minor) as usd_minor
        from days
        inner join {{ ref("fact_mrr_movements") }} as movements on movements.day <= days.day
        group by days.day
    ),

    stood as (
        select days.day, sum(levels.mrr_usd_minor) as usd_minor
        from days
        inner join
            {{ ref("fact_mrr_daily") }} as levels
            on levels.valid_from_day <= days.day
            and levels.valid_to_day > days.day
        group by days.day
    )

select days.day, moved.usd_minor as moved_usd_minor, stood.usd_minor as stood_usd_minor
from days
left join moved on days.day = moved.day
left join stood on days.day = stood.day
where coalesce(moved.usd_minor, 0) <> coalesce(stood.usd_minor, 0)
