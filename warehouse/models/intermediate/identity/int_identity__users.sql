-- Grain: one row per system and record that stands for a person; user_id is null where no rule finds one
with
    app as (
        select
            user_id,
            cast(user_id as varchar) as user_text,
            lower(email) as email,
            lower(first_name || ' ' || last_name) as full_name,
            account_id
        from {{ ref("int_product__people") }}
    ),

    unique_people as (
        select account_id, full_name, min(user_id) as user_id
        from app
        group by account_id, full_name
        having count(*) = 1
    ),

    clues as (
        select
            'salesforce' as system,
            contact_id as system_id,
            cast(null as varchar) as told_id,
            email_normalized as email,
            lower(first_name || ' ' || last_name) as full_name,
            account_id as account_record
        from {{ ref("stg_salesforce__contact") }}
        where not is_deleted
        union all
        select
            'zendesk',
            cast(zendesk_user_id as varchar),
            cast(null as varchar),
            lower(email),
            lower(user_name),
            cast(organization_id as varchar)
        from {{ ref("stg_zendesk__users") }}
        where zendesk_role = 'end-user'
        union all
        select
            'hubspot',
            contact_id,
            cast(null as varchar),
            lower(email),
            lower(first_name || ' ' || last_name),
            company_id
        from {{ ref("stg_hubspot__contacts") }}
        where not is_archived
        union all
        select
            'intercom',
            {{ json_value("contacts", "contacts[0].id") }},
            max(author_external_id),
            max(lower(author_email)),
            cast(null as varchar),
            cast(null as varchar)
        from {{ ref("stg_intercom__conversations") }}
        group by {{ json_value("contacts", "contacts[0].id") }}
    )

-- The rules, surest first: what a system was told; the address; the name, where the account has it once.
select 'app' as system, user_text as system_id, user_id, 'own' as rule
from app
union all
select
    clues.system,
    clues.system_id,
    coalesce(by_id.user_id, by_email.user_id, unique_people.user_id) as user_id,
    case
        when by_id.user_id is not null
        then 'user_id'
        when by_email.user_id is not null
        then 'email'
        when unique_people.user_id is not null
        then 'name'
        else 'none'
    end as rule
from clues
left join app as by_id on clues.told_id = by_id.user_text
left join app as by_email on clues.email = by_email.email
left join
    {{ ref("int_identity__accounts") }} as accounts
    on clues.system = accounts.system
    and clues.account_record = accounts.system_id
left join unique_people on accounts.account_id = unique_people.account_id and clues.full_name = unique_people.full_name
