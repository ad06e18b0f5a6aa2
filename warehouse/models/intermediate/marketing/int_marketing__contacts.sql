-- Grain: one row per HubSpot contact, with its account, channel and first qualification
-- Archived ones are here, too: what they did before stays done.
select
    contacts.contact_id,
    contacts.email,
    contacts.created_at,
    contacts.record_source,
    contacts.first_form,
    contacts.lifecycle_stage,
    contacts.marketing_score,
    contacts.is_unsubscribed,
    contacts.is_archived,
    contacts.visitor_id,
    contacts.country,
    contacts.industry,
    contacts.locations_wanted,
    coalesce(sources.channel, 'direct') as channel,
    qualifications.qualified_at,
    qualifications.reason as qualification_reason,
    accounts.account_id
from {{ ref("stg_hubspot__contacts") }} as contacts
left join
    {{ ref("marketing_sources") }} as sources
    on contacts.original_source = sources.original_source
    and contacts.original_source_detail = sources.original_source_detail
left join
    {{ ref("int_marketing__qualifications") }} as qualifications on contacts.contact_id = qualifications.contact_id
left join
    {{ ref("int_identity__accounts") }} as accounts
    on accounts.system = 'hubspot'
    and contacts.company_id = accounts.system_id
