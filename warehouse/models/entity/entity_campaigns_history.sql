-- Grain: one row per campaign and period in which its status and budget stood still
select
    versions.campaign_id,
    versions.valid_from,
    versions.valid_to,
    versions.valid_to is null as is_current,
    versions.change_reason,
    campaigns.campaign_name,
    campaigns.channel,
    versions.campaign_status,
    versions.previous_status,
    versions.daily_budget_usd_minor,
    versions.previous_daily_budget_usd_minor,
    versions.loaded_at
from {{ ref("int_marketing__campaign_versions") }} as versions
inner join {{ ref("stg_hubspot__campaigns") }} as campaigns on versions.campaign_id = campaigns.campaign_id
