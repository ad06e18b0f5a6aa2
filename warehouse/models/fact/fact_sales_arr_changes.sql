-- Grain: one row per change of the annual recurring revenue that the CRM believes of an account
with
    changes as (
        select
            account_history_id as change_id,
            account_id as crm_account_id,
            created_at as changed_at,
            cast(round(cast(old_value as double) * 100) as bigint) as before_usd_minor,
            cast(round(cast(new_value as double) * 100) as bigint) as after_usd_minor
        from {{ ref("stg_salesforce__account_history") }}
        where field_name = 'ARR__c'
    )

select
    changes.change_id,
    changes.crm_account_id,
    companies.account_id,
    changes.changed_at,
    cast(changes.changed_at as date) as changed_day,
    changes.before_usd_minor,
    changes.after_usd_minor,
    changes.after_usd_minor - changes.before_usd_minor as change_usd_minor,
    companies.territory,
    companies.is_duplicate,
    companies.is_internal
from changes
inner join {{ ref("int_sales__accounts") }} as companies on changes.crm_account_id = companies.crm_account_id
