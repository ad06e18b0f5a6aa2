-- Grain: one row per change of the sales territory of a company in the CRM
-- Additive: changes.
select
    changes.account_history_id as change_id,
    changes.account_id as crm_account_id,
    companies.account_id,
    changes.created_at as changed_at,
    cast(changes.created_at as date) as changed_day,
    changes.old_value as previous_territory,
    changes.new_value as territory,
    companies.is_duplicate,
    companies.is_internal
from {{ ref("stg_salesforce__account_history") }} as changes
inner join {{ ref("int_sales__accounts") }} as companies on changes.account_id = companies.crm_account_id
where changes.field_name = 'Territory__c'
