-- Grain: one row per marketing message
with
    events as (
        select
            'hubspot' as system,
            events.message_id,
            'nurture' as mailing,
            emails.campaign_id,
            cast(null as varchar) as campaign_tag,
            lower(events.email) as email,
            case
                events.event_type
                when 'SENT'
                then 'sent'
                when 'DELIVERED'
                then 'delivered'
                when 'BOUNCE'
                then 'bounced'
                when 'OPEN'
                then 'opened'
                when 'CLICK'
                then 'clicked'
                else 'unsubscribed'
            end as kind,
            events.event_at
        from {{ ref("stg_hubspot__email_events") }} as events
        left join {{ ref("stg_hubspot__marketing_emails") }} as emails on events.email_id = emails.email_id
        union all
        select
            'sendgrid',
            message_id,
            mailing,
            cast(null as varchar),
            campaign_tag,
            lower(email),
            case
                event_type
                when 'processed'
                then 'sent'
                when 'delivered'
                then 'delivered'
                when 'bounce'
                then 'bounced'
                when 'open'
                then 'opened'
                when 'click'
                then 'clicked'
                else 'unsubscribed'
            end,
            event_at
        from {{ ref("stg_sendgrid__events") }}
    ),

    messages as (
        select
            system,
            message_id,
            min(mailing) as mailing,
            min(campaign_id) as campaign_id,
            min(campaign_tag) as campaign_tag,
            min(email) as email,
            min(case when kind = 'sent' then event_at end) as sent_at,
            min(case when kind = 'delivered' then event_at end) as delivered_at,
            min(case when kind = 'bounced' then event_at end) as bounced_at,
            min(case when kind = 'opened' then event_at end) as opened_at,
            min(case when kind = 'clicked' then event_at end) as clicked_at,
            min(case when kind = 'unsubscribed' then event_at end) as unsubscribed_at
        from events
        group by system, message_id
    )

select
    messages.system,
    messages.message_id,
    messages.mailing,
    coalesce(messages.campaign_id, campaigns.campaign_id) as campaign_id,
    contacts.contact_id,
    contacts.account_id,
    cast(messages.sent_at as date) as sent_date,
    messages.sent_at,
    messages.delivered_at,
    messages.bounced_at,
    messages.opened_at,
    messages.clicked_at,
    messages.unsubscribed_at
from messages
left join {{ ref("stg_hubspot__campaigns") }} as campaigns on messages.campaign_tag = campaigns.campaign_tag
left join
    (
        select lower(email) as email, min(contact_id) as contact_id, min(account_id) as account_id
        from {{ ref("int_marketing__contacts") }}
        group by lower(email)
    ) as contacts
    on messages.email = contacts.email
