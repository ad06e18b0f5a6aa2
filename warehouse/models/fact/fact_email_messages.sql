-- Grain: one row per marketing message
select
    messages.system,
    messages.message_id,
    messages.mailing,
    coalesce(emails.campaign_id, campaigns.campaign_id) as campaign_id,
    contacts.contact_id,
    contacts.account_id,
    cast(messages.sent_at as date) as sent_date,
    messages.sent_at,
    messages.delivered_at,
    messages.bounced_at,
    messages.opened_at,
    messages.clicked_at,
    messages.unsubscribed_at
from {{ ref("int_marketing__messages") }} as messages
left join {{ ref("stg_hubspot__marketing_emails") }} as emails on messages.email_id = emails.email_id
left join {{ ref("stg_hubspot__campaigns") }} as campaigns on messages.campaign_tag = campaigns.campaign_tag
left join
    (
        select lower(email) as email, min(contact_id) as contact_id, min(account_id) as account_id
        from {{ ref("int_marketing__contacts") }}
        group by lower(email)
    ) as contacts
    on messages.email = contacts.email
