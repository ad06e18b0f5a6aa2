-- Grain: one row per account of the product that sales knows and period in which its territory stood still
-- The first territory holds from the beginning: the CRM came to know the account some time after it was opened.
with
    companies as (
        select account_id, crm_account_id, territory
        from {{ ref("int_sales__accounts") }}
        where account_id is not null and not is_duplicate
    ),

    changes as (
        select
            companies.account_id,
            changes.changed_at,
            changes.previous_territory,
            changes.territory,
            row_number() over (partition by companies.account_id order by changes.changed_at) as change_number
        from {{ ref("fact_territory_changes") }} as changes
        inner join companies on changes.crm_account_id = companies.crm_account_id
    ),

    periods as (
        select
            companies.account_id,
            timestamp '1900-01-01 00:00:00' as valid_from,
            coalesce(changes.previous_territory, companies.territory) as territory,
            cast(null as varchar) as previous_territory
        from companies
        left join changes on companies.account_id = changes.account_id and changes.change_number = 1

        union all

        select account_id, changed_at, territory, previous_territory
        from changes
    )

select
    account_id,
    valid_from,
    lead(valid_from) over (partition by account_id order by valid_from) as valid_to,
    territory,
    previous_territory
from periods
