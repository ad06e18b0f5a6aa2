-- Grain: one row per finalised invoice, as it stands now
-- Most invoices are paid and change no more: only those of which a version was loaded since are made again, from all
-- of their versions.
{{ config(materialized="incremental", incremental_strategy="delete+insert", unique_key="invoice_id") }}
{%- set versions = source("stripe", "invoices") %}
with
    ranked as (
        select *, row_number() over (partition by id order by updated desc, _loaded_at desc) as newest_rank
        from {{ versions }}
        {% if is_incremental() %}
            where id in (select id from {{ versions }} where _loaded_at > timestamp '{{ loaded_through() }}')
        {% endif %}
    )

select
    id as invoice_id,
    number as invoice_number,
    customer as customer_id,
    subscription as subscription_id,
    status as invoice_status,
    billing_reason,
    collection_method,
    upper(currency) as currency,
    amount_due as amount_due_minor,
    amount_paid as amount_paid_minor,
    amount_remaining as amount_remaining_minor,
    pre_payment_credit_notes_amount as pre_payment_credit_minor,
    post_payment_credit_notes_amount as post_payment_credit_minor,
    {{ from_epoch("due_date") }} as due_at,
    {{ from_epoch("period_start") }} as period_start_at,
    {{ from_epoch("period_end") }} as period_end_at,
    {{ from_epoch("cast(" ~ json_value("status_transitions", "finalized_at") ~ " as bigint)") }} as finalized_at,
    {{ from_epoch("cast(" ~ json_value("status_transitions", "paid_at") ~ " as bigint)") }} as paid_at,
    {{ from_epoch("cast(" ~ json_value("status_transitions", "marked_uncollectible_at") ~ " as bigint)") }}
    as written_off_at,
    _loaded_at as loaded_at
from ranked
where newest_rank = 1
