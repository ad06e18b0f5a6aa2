-- Grain: one row per invoice and period of days in which its open balance stood still
-- Semi-additive: sums over invoices of one day, never over days. A day belongs to the period with
-- valid_from_day <= day < valid_to_day (null while open).
with
    moves as (
        select invoice_id, cast(finalized_at as date) as day, amount_due_usd_minor as amount_usd_minor
        from {{ ref("fact_invoices") }}
        union all
        select invoice_id, cast(credited_at as date) as day, - amount_usd_minor as amount_usd_minor
        from {{ ref("fact_credit_notes") }}
        where not is_after_payment
    ),

    levels as (
        select
            invoice_id,
            day,
            sum(sum(amount_usd_minor)) over (partition by invoice_id order by day) as balance_usd_minor,
            lead(day) over (partition by invoice_id order by day) as next_day
        from moves
        group by invoice_id, day
    )

select
    levels.invoice_id,
    invoices.account_id,
    invoices.currency,
    cast(invoices.due_at as date) as due_day,
    levels.day as valid_from_day,
    coalesce(levels.next_day, cast(coalesce(invoices.paid_at, invoices.written_off_at) as date)) as valid_to_day,
    cast(levels.balance_usd_minor as bigint) as balance_usd_minor
from levels
inner join {{ ref("fact_invoices") }} as invoices on levels.invoice_id = invoices.invoice_id
where
    coalesce(levels.next_day, cast(coalesce(invoices.paid_at, invoices.written_off_at) as date), date '9999-12-31')
    > levels.day
