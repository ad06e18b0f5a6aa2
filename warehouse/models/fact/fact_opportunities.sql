-- Grain: one row per opportunity
with
    activities as (
        select opportunity_id, count(*) as activities, max(happened_at) as last_activity_at
        from {{ ref("fact_activities") }}
        where opportunity_id is not null
        group by opportunity_id
    )

select
    deals.opportunity_id,
    deals.opportunity_name,
    deals.opportunity_type,
    deals.stage,
    deals.created_at,
    cast(deals.created_at as date) as created_day,
    deals.close_date,
    deals.closed_at,
    cast(deals.closed_at as date) as closed_day,
    deals.is_closed,
    deals.is_won,
    deals.is_closed and not deals.is_won as is_lost,
    deals.amount_usd_minor,
    deals.list_amount_usd_minor,
    deals.probability_percent,
    case
        when deals.is_closed then 0 else cast(deals.amount_usd_minor * deals.probability_percent / 100 as bigint)
    end as weighted_amount_usd_minor,
    cast(round(deals.discount_percent * 100) as bigint) as discount_bp,
    deals.forecast_category,
    deals.push_count,
    not deals.is_closed and deals.close_date < {{ last_day_simulated() }} as is_slipped,
    case
        when deals.is_won
        then ({{ to_epoch("deals.closed_at") }} - {{ to_epoch("deals.created_at") }}) / cast(86400 as double)
    end as sales_cycle_days,
    bands.deal_size_band,
    deals.lead_source,
    deals.competitor,
    deals.loss_reason,
    deals.plan,
    deals.billing_interval,
    deals.locations,
    deals.contract_end_date,
    deals.territory,
    deals.owner_user_id,
    team.user_name as owner_rep,
    deals.account_id as crm_account_id,
    companies.account_id,
    leads.lead_id,
    coalesce(activities.activities, 0) as activities,
    activities.last_activity_at,
    coalesce(companies.is_internal, false) as is_internal,
    deals._loaded_at as loaded_at
from {{ ref("stg_salesforce__opportunity") }} as deals
left join {{ ref("int_sales__accounts") }} as companies on deals.account_id = companies.crm_account_id
left join {{ ref("int_sales__team") }} as team on deals.owner_user_id = team.sales_user_id
left join activities on deals.opportunity_id = activities.opportunity_id
left join
    {{ ref("deal_size_bands") }} as bands on deals.amount_usd_minor between bands.from_usd_minor and bands.to_usd_minor
left join
    (
        select converted_opportunity_id, min(lead_id) as lead_id
        from {{ ref("stg_salesforce__lead") }}
        where converted_opportunity_id is not null
        group by converted_opportunity_id
    ) as leads
    on deals.opportunity_id = leads.converted_opportunity_id
