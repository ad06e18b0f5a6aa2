-- Grain: one row per advertising platform and campaign of it, with the marketing team's campaign
with
    platforms as (
        select
            'google_ads' as platform,
            cast(campaign_id as varchar) as platform_campaign_id,
            campaign_name,
            campaign_status = 'ENABLED' as is_running,
            daily_budget_usd_minor,
            updated_at
        from {{ ref("stg_google_ads__campaigns") }}
        union all
        select
            'facebook_ads', campaign_id, campaign_name, campaign_status = 'ACTIVE', daily_budget_usd_minor, updated_at
        from {{ ref("stg_facebook_ads__campaigns") }}
        union all
        select
            'linkedin_ads',
            cast(campaign_group_id as varchar),
            campaign_group_name,
            campaign_group_status = 'ACTIVE',
            daily_budget_usd_minor,
            updated_at
        from {{ ref("stg_linkedin_ads__campaign_groups") }}
    )

select
    platforms.platform,
    platforms.platform_campaign_id,
    platforms.campaign_name as platform_campaign_name,
    platforms.is_running,
    platforms.daily_budget_usd_minor,
    platforms.updated_at,
    campaigns.campaign_id,
    campaigns.channel
from platforms
left join
    {{ ref("stg_hubspot__campaigns") }} as campaigns
    on {{ campaign_name_key("platforms.campaign_name") }} = {{ campaign_name_key("campaigns.campaign_name") }}
