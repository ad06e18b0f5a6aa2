-- Grain: one row per Stripe customer
-- The account in the metadata where it is there; else the account of the login with the same address.
with logins as (
    select
        lower(users.email) as email,
        min(memberships.account_id) as account_id
    from {{ ref('stg_app__users') }} as users
    inner join {{ ref('stg_app__memberships') }} as memberships on users.user_id = memberships.user_id
    group by lower(users.email)
)

select
    customers.customer_id,
    coalesce(
        cast({{ json_value('customers.metadata', 'account_id') }} as bigint), logins.account_id
    ) as account_id,
    coalesce(accounts.is_internal, false) as is_internal,
    customers.currency,
    customers.is_delinquent,
    customers.created_at
from {{ ref('stg_stripe__customers') }} as customers
left join logins on lower(customers.email) = logins.email
left join {{ ref('stg_app__accounts') }} as accounts
    on coalesce(
        cast({{ json_value('customers.metadata', 'account_id') }} as bigint), logins.account_id
    ) = accounts.account_id
