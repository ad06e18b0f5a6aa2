-- Grain: one row per HubSpot contact that stands for an account: its owner, by address or by the house's domain
with owners as (
    select
        lower(users.email) as email,
        min(memberships.account_id) as account_id
    from {{ ref('stg_app__memberships') }} as memberships
    inner join {{ ref('stg_app__users') }} as users on memberships.user_id = users.user_id
    where memberships.user_role = 'owner'
    group by lower(users.email)
    having count(distinct memberships.account_id) = 1
),

domains as (
    select
        lower(email_domain) as domain,
        min(account_id) as account_id
    from {{ ref('stg_app__accounts') }}
    group by lower(email_domain)
    having count(*) = 1
),

found as (
    select
        contacts.contact_id,
        owners.account_id as by_email,
        coalesce(by_company.account_id, by_address.account_id) as by_domain
    from {{ ref('stg_hubspot__contacts') }} as contacts
    left join {{ ref('stg_hubspot__companies') }} as companies on contacts.company_id = companies.company_id
    left join owners on lower(contacts.email) = owners.email
    left join domains as by_company on regexp_replace(lower(companies.company_domain), '^www\.', '') = by_company.domain
    left join domains as by_address
        on substr(lower(contacts.email), strpos(contacts.email, '@') + 1) = by_address.domain
)

select
    contact_id,
    coalesce(by_email, by_domain) as account_id,
    case when by_email is not null then 'email' else 'domain' end as rule
from found
where coalesce(by_email, by_domain) is not null
