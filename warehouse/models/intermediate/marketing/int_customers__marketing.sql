-- Grain: one row per account that marketing knows, with what brought it
with
    people as (
        select
            account_id,
            min_by(contact_id, created_at) as contact_id,
            min_by(channel, created_at) as channel,
            min(created_at) as known_since,
            max(marketing_score) as marketing_score,
            min(qualified_at) as qualified_at,
            max(case when is_unsubscribed then 1 else 0 end) = 1 as is_unsubscribed
        from {{ ref("int_marketing__contacts") }}
        where account_id is not null
        group by account_id
    ),

    touches as (
        select
            touchpoints.account_id,
            count(*) as touchpoints,
            min(touchpoints.touched_at) as first_touch_at,
            max(touchpoints.touched_at) as last_touch_at,
            min_by(touchpoints.channel, touchpoints.touched_at) as first_touch_channel,
            max_by(touchpoints.channel, touchpoints.touched_at) as last_touch_channel,
            min_by(touchpoints.campaign_id, touchpoints.touched_at) as first_touch_campaign_id
        from {{ ref("fact_touchpoints") }} as touchpoints
        where touchpoints.account_id is not null
        group by touchpoints.account_id
    ),

    mails as (
        select
            account_id, count(*) as emails_sent, count(opened_at) as emails_opened, count(clicked_at) as emails_clicked
        from {{ ref("fact_email_messages") }}
        where account_id is not null
        group by account_id
    )

select
    people.account_id,
    people.contact_id as marketing_contact_id,
    people.channel as marketing_channel,
    people.known_since as marketing_known_since,
    people.marketing_score,
    people.qualified_at as marketing_qualified_at,
    people.is_unsubscribed as is_email_unsubscribed,
    touches.first_touch_at,
    touches.first_touch_channel,
    touches.first_touch_campaign_id,
    touches.last_touch_at,
    touches.last_touch_channel,
    cast(coalesce(touches.touchpoints, 0) as bigint) as touchpoints,
    cast(coalesce(mails.emails_sent, 0) as bigint) as emails_sent,
    cast(coalesce(mails.emails_opened, 0) as bigint) as emails_opened,
    cast(coalesce(mails.emails_clicked, 0) as bigint) as emails_clicked
from people
left join touches on people.account_id = touches.account_id
left join mails on people.account_id = mails.account_id
