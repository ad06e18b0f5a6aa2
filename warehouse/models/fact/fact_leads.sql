-- Grain: one row per lead, doubles included and marked
with
    leads as (
        select
            *,
            -- One address, one person: later leads of it repeat the first.
            first_value(lead_id) over (partition by email_normalized order by created_at, lead_id) as first_lead_id
        from {{ ref("stg_salesforce__lead") }}
    ),

    internal_people as (select distinct lower(email) as email from {{ ref("int_product__people") }} where is_internal)

select
    leads.lead_id,
    leads.created_at,
    cast(leads.created_at as date) as created_day,
    leads.lead_type,
    leads.lead_source,
    leads.lead_status,
    leads.unqualified_reason,
    leads.country,
    leads.region,
    leads.industry,
    leads.locations,
    team.territory,
    team.user_name as owner_rep,
    coalesce(leads.is_marketing_qualified, false) as is_marketing_qualified,
    leads.converted_opportunity_id is not null as is_sales_qualified,
    case when leads.converted_opportunity_id is not null then leads.converted_at end as qualified_at,
    leads.converted_at,
    leads.converted_account_id as crm_account_id,
    leads.converted_opportunity_id as opportunity_id,
    companies.account_id,
    activity.first_activity_at,
    ({{ to_epoch("activity.first_activity_at") }} - {{ to_epoch("leads.created_at") }})
    / cast(3600 as double) as response_hours,
    coalesce(activity.activities, 0) as activities,
    leads.lead_id <> leads.first_lead_id as is_duplicate,
    case when leads.lead_id <> leads.first_lead_id then leads.first_lead_id end as duplicate_of_lead_id,
    leads.is_deleted,
    leads.lead_type = 'Signup' and internal_people.email is not null as is_internal,
    leads._loaded_at as loaded_at
from leads
left join internal_people on leads.email_normalized = internal_people.email
left join {{ ref("int_sales__lead_activity") }} as activity on leads.lead_id = activity.lead_id
left join {{ ref("int_sales__team") }} as team on leads.owner_user_id = team.sales_user_id
left join {{ ref("int_sales__accounts") }} as companies on leads.converted_account_id = companies.crm_account_id
