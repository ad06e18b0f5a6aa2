-- Grain: one row per conversation opened from the product
select
    conversations.conversation_id,
    users.user_id,
    memberships.account_id,
    conversations.created_at as opened_at,
    conversations.rating
from {{ ref("stg_intercom__conversations") }} as conversations
left join {{ ref("stg_app__users") }} as users on lower(conversations.author_email) = lower(users.email)
left join {{ ref("stg_app__memberships") }} as memberships on users.user_id = memberships.user_id
