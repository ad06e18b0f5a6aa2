-- Grain: one row per Stripe customer
-- Whose account a payer is, is found by the rules of int_identity__accounts.
select
    customers.customer_id,
    identities.account_id,
    coalesce(accounts.is_internal, false) as is_internal,
    customers.currency,
    customers.is_delinquent,
    customers.created_at
from {{ ref("stg_stripe__customers") }} as customers
left join
    {{ ref("int_identity__accounts") }} as identities
    on customers.customer_id = identities.system_id
    and identities.system = 'stripe'
left join {{ ref("stg_app__accounts") }} as accounts on identities.account_id = accounts.account_id
