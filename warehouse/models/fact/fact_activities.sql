-- Grain: one row per call, mail, task or meeting of the sales team
with
    done as (
        select
            task_id as activity_id,
            lower(task_type) as activity_type,
            completed_at as happened_at,
            who_id,
            opportunity_id,
            account_id as crm_account_id,
            owner_user_id,
            cast(0 as bigint) as duration_minutes
        from {{ ref("stg_salesforce__task") }}
        where not is_deleted
        union all
        select event_id, 'meeting', started_at, who_id, opportunity_id, account_id, owner_user_id, duration_minutes
        from {{ ref("stg_salesforce__event") }}
        where not is_deleted
    )

select
    done.activity_id,
    done.activity_type,
    done.happened_at,
    cast(done.happened_at as date) as happened_day,
    case when done.who_id like '00Q%' then done.who_id end as lead_id,
    case when done.who_id like '003%' then done.who_id end as contact_id,
    done.opportunity_id,
    done.crm_account_id,
    companies.account_id,
    team.user_name as owner_rep,
    team.territory,
    done.duration_minutes
from done
left join {{ ref("int_sales__accounts") }} as companies on done.crm_account_id = companies.crm_account_id
left join {{ ref("int_sales__team") }} as team on done.owner_user_id = team.sales_user_id
