-- Grain: one row per advertising platform, ad group and day
with
    delivered as (
        select
            'google_ads' as platform,
            performance_date,
            cast(campaign_id as varchar) as platform_campaign_id,
            cast(ad_group_id as varchar) as ad_group_id,
            impressions,
            clicks,
            cost_usd_minor,
            cast(conversions as bigint) as conversions
        from {{ ref("stg_google_ads__ad_group_performance") }}
        union all
        select
            'facebook_ads',
            performance_date,
            campaign_id,
            ad_set_id,
            impressions,
            clicks,
            cost_usd_minor,
            cast({{ json_value("actions", "[1].value") }} as bigint)
        from {{ ref("stg_facebook_ads__insights") }}
        union all
        select
            'linkedin_ads',
            performance_date,
            replace(campaign_group_urn, 'urn:li:sponsoredCampaignGroup:', ''),
            replace(campaign_urn, 'urn:li:sponsoredCampaign:', ''),
            impressions,
            clicks,
            cost_usd_minor,
            conversions
        from {{ ref("stg_linkedin_ads__ad_analytics") }}
    ),

    groups as (
        select 'google_ads' as platform, cast(ad_group_id as varchar) as ad_group_id, ad_group_name
        from {{ ref("stg_google_ads__ad_groups") }}
        union all
        select 'facebook_ads', ad_set_id, ad_set_name
        from {{ ref("stg_facebook_ads__ad_sets") }}
        union all
        select 'linkedin_ads', cast(campaign_id as varchar), campaign_name
        from {{ ref("stg_linkedin_ads__campaigns") }}
    )

select
    delivered.performance_date,
    delivered.platform,
    delivered.ad_group_id,
    groups.ad_group_name,
    delivered.platform_campaign_id,
    campaigns.campaign_id,
    campaigns.channel,
    delivered.impressions,
    delivered.clicks,
    delivered.cost_usd_minor,
    delivered.conversions
from delivered
left join groups on delivered.platform = groups.platform and delivered.ad_group_id = groups.ad_group_id
left join
    {{ ref("int_marketing__platform_campaigns") }} as campaigns
    on delivered.platform = campaigns.platform
    and delivered.platform_campaign_id = campaigns.platform_campaign_id
