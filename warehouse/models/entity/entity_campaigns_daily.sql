-- Grain: one row per campaign and day of its run, and each later day on which something still came of it
{{ config(meta={"published": {"partition": "day"}}) }}
with
    ads as (
        select
            campaign_id,
            performance_date as day,
            sum(impressions) as impressions,
            sum(clicks) as clicks,
            sum(cost_usd_minor) as ad_spend_usd_minor,
            sum(conversions) as claimed_conversions
        from {{ ref("fact_ad_performance") }}
        where campaign_id is not null
        group by campaign_id, performance_date
    ),

    sessions as (
        select
            campaigns.campaign_id,
            sessions.session_date as day,
            count(*) as website_sessions,
            sum(sessions.pageviews) as pageviews,
            sum(sessions.signups_completed) as signups_completed,
            sum(sessions.demos_requested) as demos_requested
        from {{ whole(ref("fact_web_sessions")) }} as sessions
        inner join {{ ref("stg_hubspot__campaigns") }} as campaigns on sessions.campaign_tag = campaigns.campaign_tag
        group by campaigns.campaign_id, sessions.session_date
    ),

    mails as (
        select
            campaign_id,
            sent_date as day,
            count(*) as emails_sent,
            count(delivered_at) as emails_delivered,
            count(opened_at) as emails_opened,
            count(clicked_at) as emails_clicked,
            count(unsubscribed_at) as emails_unsubscribed
        from {{ ref("fact_email_messages") }}
        where campaign_id is not null
        group by campaign_id, sent_date
    ),

    touches as (
        select campaign_id, touched_date as day, count(*) as touchpoints
        from {{ ref("fact_touchpoints") }}
        where campaign_id is not null
        group by campaign_id, touched_date
    ),

    days as (
        select campaigns.campaign_id, days.day
        from {{ ref("stg_hubspot__campaigns") }} as campaigns
        inner join {{ simulated_days() }} as days on days.day between campaigns.start_date and campaigns.end_date
        union
        select campaign_id, day
        from ads
        union
        select campaign_id, day
        from sessions
        union
        select campaign_id, day
        from mails
        union
        select campaign_id, day
        from touches
    )

select
    days.campaign_id,
    days.day,
    campaigns.channel,
    cast(coalesce(ads.impressions, 0) as bigint) as impressions,
    cast(coalesce(ads.clicks, 0) as bigint) as clicks,
    cast(coalesce(ads.ad_spend_usd_minor, 0) as bigint) as ad_spend_usd_minor,
    cast(coalesce(ads.claimed_conversions, 0) as bigint) as claimed_conversions,
    cast(coalesce(sessions.website_sessions, 0) as bigint) as website_sessions,
    cast(coalesce(sessions.pageviews, 0) as bigint) as pageviews,
    cast(coalesce(sessions.signups_completed, 0) as bigint) as signups_completed,
    cast(coalesce(sessions.demos_requested, 0) as bigint) as demos_requested,
    cast(coalesce(touches.touchpoints, 0) as bigint) as touchpoints,
    cast(coalesce(mails.emails_sent, 0) as bigint) as emails_sent,
    cast(coalesce(mails.emails_delivered, 0) as bigint) as emails_delivered,
    cast(coalesce(mails.emails_opened, 0) as bigint) as emails_opened,
    cast(coalesce(mails.emails_clicked, 0) as bigint) as emails_clicked,
    cast(coalesce(mails.emails_unsubscribed, 0) as bigint) as emails_unsubscribed
from days
inner join {{ ref("stg_hubspot__campaigns") }} as campaigns on days.campaign_id = campaigns.campaign_id
left join ads on days.campaign_id = ads.campaign_id and days.day = ads.day
left join sessions on days.campaign_id = sessions.campaign_id and days.day = sessions.day
left join mails on days.campaign_id = mails.campaign_id and days.day = mails.day
left join touches on days.campaign_id = touches.campaign_id and days.day = touches.day
