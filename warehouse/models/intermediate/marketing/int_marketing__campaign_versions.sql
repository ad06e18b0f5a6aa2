-- Grain: one row per campaign and period in which its status and budget stood still
with
    logged as (
        select
            id as campaign_id,
            createdat as created_at,
            updatedat as updated_at,
            hs_campaign_status as campaign_status,
            cast(
                round(hs_budget_items_sum_amount * 100 / (date_diff('day', hs_start_date, hs_end_date) + 1)) as bigint
            ) as daily_budget_usd_minor,
            _loaded_at
        from {{ source("hubspot", "campaigns") }}
    ),

    versions as (
        select
            campaign_id, created_at, updated_at, campaign_status, daily_budget_usd_minor, max(_loaded_at) as loaded_at
        from logged
        group by campaign_id, created_at, updated_at, campaign_status, daily_budget_usd_minor
    ),

    compared as (
        select
            versions.*,
            lag(campaign_status) over (partition by campaign_id order by updated_at) as previous_status,
            lag(daily_budget_usd_minor) over (partition by campaign_id order by updated_at) as previous_budget,
            row_number() over (partition by campaign_id order by updated_at) as version_number
        from versions
    ),

    changes as (
        select
            campaign_id,
            case when version_number = 1 then created_at else updated_at end as valid_from,
            case
                when version_number = 1
                then 'created'
                when campaign_status <> previous_status
                then 'status'
                else 'budget'
            end as change_reason,
            campaign_status,
            previous_status,
            daily_budget_usd_minor,
            previous_budget as previous_daily_budget_usd_minor,
            loaded_at
        from compared
        where
            version_number = 1
            or campaign_status <> previous_status
            or coalesce(daily_budget_usd_minor, 0) <> coalesce(previous_budget, 0)
    )

select
    campaign_id,
    valid_from,
    lead(valid_from) over (partition by campaign_id order by valid_from) as valid_to,
    change_reason,
    campaign_status,
    previous_status,
    daily_budget_usd_minor,
    previous_daily_budget_usd_minor,
    loaded_at
from changes
