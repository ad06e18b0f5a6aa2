-- Grain: one row per touchpoint of a person known by name: a website session, a mail's click, or a lead made by hand
-- Sessions that a mail brought are told by the mail's click, which no blocker hides.
with
    touches as (
        select
            'web_session' as touchpoint_kind,
            sessions.session_id as touchpoint_key,
            contacts.contact_id,
            contacts.account_id,
            sessions.started_at as touched_at,
            sessions.channel,
            sessions.medium,
            sessions.campaign_tag,
            cast(null as varchar) as campaign_id,
            sessions.session_id,
            sessions.landing_page,
            sessions.device_type
        from {{ whole(ref("fact_web_sessions")) }} as sessions
        inner join {{ ref("int_marketing__contacts") }} as contacts on sessions.visitor_id = contacts.visitor_id
        where sessions.channel <> 'email'
        union all
        select
            'email_click',
            message_id,
            contact_id,
            account_id,
            clicked_at,
            'email',
            'email',
            cast(null as varchar),
            campaign_id,
            cast(null as varchar),
            cast(null as varchar),
            cast(null as varchar)
        from {{ ref("fact_email_messages") }}
        where clicked_at is not null and system = 'hubspot'
        union all
        select
            'lead_by_hand',
            contact_id,
            contact_id,
            account_id,
            created_at,
            channel,
            cast(null as varchar),
            cast(null as varchar),
            cast(null as varchar),
            cast(null as varchar),
            cast(null as varchar),
            cast(null as varchar)
        from {{ ref("int_marketing__contacts") }}
        where record_source = 'CRM_UI'
    )

select
    touches.touchpoint_kind || ':' || touches.touchpoint_key as touchpoint_id,
    touches.touchpoint_kind,
    touches.contact_id,
    touches.account_id,
    touches.touched_at,
    cast(touches.touched_at as date) as touched_date,
    touches.channel,
    touches.medium,
    coalesce(touches.campaign_id, campaigns.campaign_id) as campaign_id,
    touches.session_id,
    touches.landing_page,
    touches.device_type
from touches
left join {{ ref("stg_hubspot__campaigns") }} as campaigns on touches.campaign_tag = campaigns.campaign_tag
