-- Grain: one row per system, record and set of clues about the account it stands for
with
    people as (
        select account_id, lower(email) as email from {{ ref("int_product__people") }} where account_id is not null
    ),

    owners as (
        select email, min(account_id) as account_id from people group by email having min(account_id) = max(account_id)
    ),

    clues as (
        select
            'stripe' as system,
            customer_id as system_id,
            {{ json_value("metadata", "account_id") }} as told_id,
            lower(email) as email,
            cast(null as varchar) as domain,
            cast(null as varchar) as phone_digits,
            customer_name as name,
            cast(null as varchar) as region
        from {{ ref("stg_stripe__customers") }}
        union all
        select
            'salesforce',
            account_id,
            app_account_id,
            cast(null as varchar),
            website_domain,
            phone_digits,
            account_name,
            region
        from {{ ref("stg_salesforce__account") }}
        union all
        select
            'salesforce',
            account_id,
            cast(null as varchar),
            email_normalized,
            email_domain,
            cast(null as varchar),
            cast(null as varchar),
            cast(null as varchar)
        from {{ ref("stg_salesforce__contact") }}
        where not is_deleted
        union all
        select
            'gainsight',
            gainsight_id,
            external_id,
            cast(null as varchar),
            email_domain,
            cast(null as varchar),
            company_name,
            cast(null as varchar)
        from {{ ref("stg_gainsight__companies") }}
        union all
        select
            'zendesk',
            cast(organization_id as varchar),
            external_id,
            cast(null as varchar),
            email_domain,
            cast(null as varchar),
            organization_name,
            cast(null as varchar)
        from {{ ref("stg_zendesk__organizations") }}
        union all
        select
            'hubspot',
            company_id,
            cast(null as varchar),
            cast(null as varchar),
            replace(lower(company_domain), 'www.', ''),
            cast(null as varchar),
            company_name,
            cast(null as varchar)
        from {{ ref("stg_hubspot__companies") }}
        union all
        select
            'hubspot',
            company_id,
            cast(null as varchar),
            lower(email),
            cast(null as varchar),
            cast(null as varchar),
            cast(null as varchar),
            cast(null as varchar)
        from {{ ref("stg_hubspot__contacts") }}
        where company_id is not null
    )

select distinct
    clues.system,
    clues.system_id,
    clues.told_id,
    owners.account_id as emails_account_id,
    coalesce(clues.domain, substr(clues.email, strpos(clues.email, '@') + 1)) as domain,
    clues.phone_digits,
    {{ name_key("clues.name") }} as name_key,
    clues.region
from clues
left join owners on clues.email = owners.email
