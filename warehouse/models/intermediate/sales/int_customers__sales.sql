-- Grain: one row per account of the product that sales knows
with
    companies as (
        select
            account_id,
            count(*) as crm_records,
            max(case when not is_duplicate then crm_account_id end) as crm_account_id
        from {{ ref("int_sales__accounts") }}
        where account_id is not null
        group by account_id
    ),

    owners as (
        select account_record, max_by(previous_owner_user_id, changed_at) as previous_owner_user_id
        from
            (
                select
                    "Id" as account_record,
                    "SystemModstamp" as changed_at,
                    "OwnerId" as owner_user_id,
                    lag("OwnerId") over (
                        partition by "Id" order by "SystemModstamp", _loaded_at
                    ) as previous_owner_user_id
                from {{ source("salesforce", "account") }}
            )
        where previous_owner_user_id <> owner_user_id
        group by account_record
    ),

    territories as (
        select account_id, previous_territory from {{ ref("int_sales__territories") }} where valid_to is null
    ),

    deals as (
        select
            account_id,
            sum(case when not is_closed then amount_usd_minor else 0 end) as open_pipeline_usd_minor,
            sum(
                case when not is_closed and opportunity_type = 'Renewal' then amount_usd_minor else 0 end
            ) as open_renewal_usd_minor,
            sum(case when not is_closed then 1 else 0 end) as open_opportunities,
            sum(case when is_won then 1 else 0 end) as won_opportunities,
            sum(case when is_lost then 1 else 0 end) as lost_opportunities,
            sum(case when is_won then amount_usd_minor else 0 end) as bookings_usd_minor,
            max(case when is_won then closed_at end) as last_won_at,
            max(case when is_won and opportunity_type = 'New Business' then 1 else 0 end) as won_by_sales,
            max(last_activity_at) as last_sales_activity_at
        from {{ ref("fact_opportunities") }}
        where account_id is not null
        group by account_id
    )

select
    companies.account_id,
    companies.crm_account_id,
    companies.crm_records,
    records.account_type as crm_account_type,
    records.arr_usd_minor as crm_arr_usd_minor,
    records.territory as sales_territory,
    territories.previous_territory as previous_sales_territory,
    team.user_name as sales_rep,
    previous_team.user_name as previous_sales_rep,
    coalesce(deals.won_by_sales, 0) = 1 as is_won_by_sales,
    cast(coalesce(deals.open_opportunities, 0) as bigint) as open_opportunities,
    cast(coalesce(deals.open_pipeline_usd_minor, 0) as bigint) as open_pipeline_usd_minor,
    cast(coalesce(deals.open_renewal_usd_minor, 0) as bigint) as open_renewal_usd_minor,
    cast(coalesce(deals.won_opportunities, 0) as bigint) as won_opportunities,
    cast(coalesce(deals.lost_opportunities, 0) as bigint) as lost_opportunities,
    cast(coalesce(deals.bookings_usd_minor, 0) as bigint) as bookings_usd_minor,
    deals.last_won_at,
    deals.last_sales_activity_at
from companies
left join {{ ref("int_sales__accounts") }} as records on companies.crm_account_id = records.crm_account_id
left join {{ ref("int_sales__team") }} as team on records.owner_user_id = team.sales_user_id
left join owners on companies.crm_account_id = owners.account_record
left join {{ ref("int_sales__team") }} as previous_team on owners.previous_owner_user_id = previous_team.sales_user_id
left join territories on companies.account_id = territories.account_id
left join deals on companies.account_id = deals.account_id
