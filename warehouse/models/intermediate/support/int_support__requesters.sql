-- Grain: one row per Zendesk end user whose account is known
with
    by_mail as (
        select zendesk_users.zendesk_user_id, users.user_id, memberships.account_id
        from {{ ref("stg_zendesk__users") }} as zendesk_users
        inner join {{ ref("stg_app__users") }} as users on lower(zendesk_users.email) = lower(users.email)
        inner join {{ ref("stg_app__memberships") }} as memberships on users.user_id = memberships.user_id
    )

select zendesk_user_id, max(user_id) as user_id, max(account_id) as account_id
from by_mail
group by zendesk_user_id
