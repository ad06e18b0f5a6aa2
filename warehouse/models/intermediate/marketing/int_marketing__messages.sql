-- Grain: one row per marketing message
-- Nearly all messages have had their last event: only those of which one was loaded since are made again, from all
-- of their events.
{{
    config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key=["system", "message_id"],
    )
}}
{%- set hubspot, sendgrid = source("hubspot", "email_events"), source("sendgrid", "events") %}
{%- if is_incremental() %}
    {%- set hubspot_through = loaded_through("system = 'hubspot'") %}
    {%- set sendgrid_through = loaded_through("system = 'sendgrid'") %}
{%- endif %}
with
    events as (
        select
            'hubspot' as system,
            "sentById" as message_id,
            'nurture' as mailing,
            "emailCampaignId" as email_id,
            cast(null as varchar) as campaign_tag,
            lower(recipient) as email,
            case
                type
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
            created as event_at,
            _loaded_at as loaded_at,
            row_number() over (partition by id order by _loaded_at, created) as copy
        from {{ hubspot }}
        {% if is_incremental() %}
            where
                "sentById"
                in (select "sentById" from {{ hubspot }} where _loaded_at > timestamp '{{ hubspot_through }}')
        {% endif %}
        union all
        select
            'sendgrid',
            sg_message_id,
            category,
            cast(null as varchar),
            utm_campaign,
            lower(email),
            case
                event
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
            timestamp,
            _loaded_at,
            row_number() over (partition by sg_event_id order by _loaded_at, timestamp)
        from {{ sendgrid }}
        {% if is_incremental() %}
            where
                sg_message_id
                in (select sg_message_id from {{ sendgrid }} where _loaded_at > timestamp '{{ sendgrid_through }}')
        {% endif %}
    )

select
    system,
    message_id,
    min(mailing) as mailing,
    min(email_id) as email_id,
    min(campaign_tag) as campaign_tag,
    min(email) as email,
    min(case when kind = 'sent' then event_at end) as sent_at,
    min(case when kind = 'delivered' then event_at end) as delivered_at,
    min(case when kind = 'bounced' then event_at end) as bounced_at,
    min(case when kind = 'opened' then event_at end) as opened_at,
    min(case when kind = 'clicked' then event_at end) as clicked_at,
    min(case when kind = 'unsubscribed' then event_at end) as unsubscribed_at,
    max(loaded_at) as loaded_at
from events
where copy = 1
group by system, message_id
