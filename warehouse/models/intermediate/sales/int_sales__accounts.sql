-- Grain: one row per company in the CRM
-- Of the records that stand for one customer the one that carries the product's id is the first; others are doubles.
select
    records.account_id as crm_account_id,
    identities.account_id,
    records.account_name,
    records.account_type,
    records.region,
    records.country,
    records.industry,
    records.territory,
    records.owner_user_id,
    records.arr_usd_minor,
    records.is_deleted,
    records.created_at,
    coalesce(app.is_internal, false) as is_internal,
    identities.account_id is not null
    and row_number() over (
        partition by identities.account_id
        order by
            case when records.app_account_id is not null then 0 else 1 end,
            case when records.is_deleted then 1 else 0 end,
            records.created_at,
            records.account_id
    )
    > 1 as is_duplicate
from {{ ref("stg_salesforce__account") }} as records
left join
    {{ ref("int_identity__accounts") }} as identities
    on records.account_id = identities.system_id
    and identities.system = 'salesforce'
left join {{ ref("stg_app__accounts") }} as app on identities.account_id = app.account_id
