-- The ledger's revenue, deferred revenue and receivables are those that billing's documents give.
-- Sources may arrive on different days: only days that both systems show are compared.
with
    days as (select posted_day as day from {{ ref("fact_gl") }} where entry_kind = 'recognition' group by posted_day),

    booked as (
        select posted_day as day, - sum(amount_usd_minor) as usd_minor
        from {{ ref("fact_gl") }}
        where entry_kind = 'recognition' and gl_account_type = 'Income'
        group by posted_day
    ),

    recognized as (
        select day, sum(recognized_usd_minor) as usd_minor from {{ whole(ref("fact_recognized_revenue")) }} group by day
    )

select days.day, booked.usd_minor as booked_usd_minor, recognized.usd_minor as recognized_usd_minor
from days
left join booked on days.day = booked.day
left join recognized on days.day = recognized.day
where coalesce(booked.usd_minor, 0) <> coalesce(recognized.usd_minor, 0)
