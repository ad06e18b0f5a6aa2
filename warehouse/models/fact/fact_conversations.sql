-- Grain: one row per conversation opened from the product
select
    conversations.conversation_id,
    people.user_id,
    people.account_id,
    conversations.created_at as opened_at,
    conversations.rating
from {{ ref("stg_intercom__conversations") }} as conversations
left join {{ ref("int_product__people") }} as people on lower(conversations.author_email) = lower(people.email)
