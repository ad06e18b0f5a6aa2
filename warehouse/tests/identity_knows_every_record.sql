-- Every record that could stand for a customer is listed with its account or with none: a record that
-- is left out would count neither as found nor as missed.
with
    records as (
        select 'stripe' as system, cast(customer_id as varchar) as system_id
        from {{ ref("stg_stripe__customers") }}
        union all
        select 'salesforce' as system, cast(account_id as varchar) as system_id
        from {{ ref("stg_salesforce__account") }}
        union all
        select 'zendesk' as system, cast(organization_id as varchar) as system_id
        from {{ ref("stg_zendesk__organizations") }}
    )

select records.*
from records
left join
    {{ ref("int_identity__accounts") }} as identities
    on records.system = identities.system
    and records.system_id = identities.system_id
where identities.system_id is null
