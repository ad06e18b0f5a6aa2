-- Grain: one row per campaign, as it stands now
with
    totals as (
        select
            campaign_id,
            sum(impressions) as impressions,
            sum(clicks) as clicks,
            sum(ad_spend_usd_minor) as ad_spend_usd_minor,
            sum(claimed_conversions) as claimed_conversions,
            sum(website_sessions) as website_sessions,
            sum(signups_completed) as signups_completed,
            sum(demos_requested) as demos_requested,
            sum(touchpoints) as touchpoints,
            sum(emails_sent) as emails_sent
        from {{ ref("entity_campaigns_daily") }}
        group by campaign_id
    ),

    platforms as (
        select campaign_id, min(platform) as platform, min(platform_campaign_id) as platform_campaign_id
        from {{ ref("int_marketing__platform_campaigns") }}
        where campaign_id is not null
        group by campaign_id
    )

select
    campaigns.campaign_id,
    campaigns.campaign_name,
    campaigns.campaign_tag,
    campaigns.channel,
    campaigns.utm_source,
    campaigns.utm_medium,
    coalesce(platforms.platform, 'none') as platform,
    platforms.platform_campaign_id,
    campaigns.campaign_status,
    versions.previous_status,
    campaigns.campaign_status = 'in_progress' as is_running,
    campaigns.start_date,
    campaigns.end_date,
    versions.daily_budget_usd_minor,
    budgets.previous_daily_budget_usd_minor,
    cast(coalesce(totals.impressions, 0) as bigint) as impressions,
    cast(coalesce(totals.clicks, 0) as bigint) as clicks,
    cast(coalesce(totals.ad_spend_usd_minor, 0) as bigint) as ad_spend_usd_minor,
    cast(coalesce(totals.claimed_conversions, 0) as bigint) as claimed_conversions,
    cast(coalesce(totals.website_sessions, 0) as bigint) as website_sessions,
    cast(coalesce(totals.signups_completed, 0) as bigint) as signups_completed,
    cast(coalesce(totals.demos_requested, 0) as bigint) as demos_requested,
    cast(coalesce(totals.touchpoints, 0) as bigint) as touchpoints,
    cast(coalesce(totals.emails_sent, 0) as bigint) as emails_sent,
    campaigns.created_at,
    campaigns.updated_at,
    campaigns._loaded_at as loaded_at
from {{ ref("stg_hubspot__campaigns") }} as campaigns
left join totals on campaigns.campaign_id = totals.campaign_id
left join platforms on campaigns.campaign_id = platforms.campaign_id
left join
    {{ ref("int_marketing__campaign_versions") }} as versions
    on campaigns.campaign_id = versions.campaign_id
    and versions.valid_to is null
left join
    (
        select campaign_id, max_by(previous_daily_budget_usd_minor, valid_from) as previous_daily_budget_usd_minor
        from {{ ref("int_marketing__campaign_versions") }}
        where change_reason = 'budget'
        group by campaign_id
    ) as budgets
    on campaigns.campaign_id = budgets.campaign_id
