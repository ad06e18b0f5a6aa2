-- Grain: one row per Zendesk end user whose account is known
with
    by_mail as (
        select zendesk_users.zendesk_user_id, people.user_id, people.account_id
        from {{ ref("stg_zendesk__users") }} as zendesk_users
        inner join {{ ref("int_product__people") }} as people on lower(zendesk_users.email) = lower(people.email)
        where people.account_id is not null
    )

select zendesk_user_id, max(user_id) as user_id, max(account_id) as account_id
from by_mail
group by zendesk_user_id
