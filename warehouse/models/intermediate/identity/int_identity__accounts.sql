-- Grain: one row per system and record that stands for an account; account_id is null where no rule finds one
with
    app as (
        select
            account_id,
            cast(account_id as varchar) as account_text,
            account_uuid,
            lower(email_domain) as domain,
            {{ digits("phone") }} as phone_digits,
            {{ name_key("account_name") }} as name_key,
            region
        from {{ ref("stg_app__accounts") }}
    ),

    unique_names as (
        select name_key, region, min(account_id) as account_id from app group by name_key, region having count(*) = 1
    ),

    unique_phones as (
        select phone_digits, min(account_id) as account_id from app group by phone_digits having count(*) = 1
    ),

    -- The rules, surest first: what a system was told; an owner's or colleague's own address; the house's
    -- domain (free mail services are no house's, so they match none); its telephone; its name, where it is
    -- the only one in the region and the record carries nothing that could say otherwise.
    found as (
        select
            clues.system,
            clues.system_id,
            clues.domain,
            clues.phone_digits,
            coalesce(by_id.account_id, by_uuid.account_id) as by_id,
            clues.emails_account_id as by_email,
            by_domain.account_id as by_domain,
            unique_phones.account_id as by_phone,
            unique_names.account_id as by_name
        from {{ ref("int_identity__account_clues") }} as clues
        left join app as by_id on clues.told_id = by_id.account_text
        left join app as by_uuid on clues.told_id = by_uuid.account_uuid
        left join app as by_domain on clues.domain = by_domain.domain
        left join unique_phones on clues.phone_digits = unique_phones.phone_digits
        left join unique_names on clues.name_key = unique_names.name_key and clues.region = unique_names.region
    ),

    records as (
        select
            system,
            system_id,
            min(by_id) as by_id,
            case when min(by_email) = max(by_email) then min(by_email) end as by_email,
            case when min(by_domain) = max(by_domain) then min(by_domain) end as by_domain,
            case when min(by_phone) = max(by_phone) then min(by_phone) end as by_phone,
            case
                when min(by_name) = max(by_name) and count(domain) = 0 and count(phone_digits) = 0 then min(by_name)
            end as by_name
        from found
        group by system, system_id
    )

select 'app' as system, account_text as system_id, account_id, 'own' as rule
from app
union all
select
    system,
    system_id,
    coalesce(by_id, by_email, by_domain, by_phone, by_name) as account_id,
    case
        when by_id is not null
        then 'account_id'
        when by_email is not null
        then 'email'
        when by_domain is not null
        then 'domain'
        when by_phone is not null
        then 'phone'
        when by_name is not null
        then 'name'
        else 'none'
    end as rule
from records
