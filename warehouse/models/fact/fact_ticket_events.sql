-- Grain: one row per event in a ticket's life
with
    audits as (
        select
            ticket_audit_id,
            ticket_id,
            created_at,
            event_type,
            event_field,
            event_value,
            event_previous_value,
            sum(case when event_field = 'status' and event_value = 'solved' then 1 else 0 end) over (
                partition by ticket_id order by created_at, ticket_audit_id
            ) as solutions
        from {{ ref("stg_zendesk__ticket_audits") }}
    )

select
    audits.ticket_audit_id as ticket_event_id,
    audits.ticket_id,
    requesters.account_id,
    audits.created_at as event_at,
    case
        when audits.event_type = 'Create'
        then 'created'
        when audits.event_type = 'Comment'
        then 'responded'
        when audits.event_type = 'Rating'
        then concat('rated_', audits.event_value)
        when audits.event_value = 'closed'
        then 'closed'
        when audits.event_value = 'solved' and audits.solutions = 1
        then 'solved'
        when audits.event_value = 'solved'
        then 'resolved'
        else 'reopened'
    end as event_kind,
    tickets.ticket_category,
    tickets.ticket_priority,
    tickets.ticket_channel,
    coalesce(accounts.is_internal, false) as is_internal
from audits
inner join {{ ref("stg_zendesk__tickets") }} as tickets on audits.ticket_id = tickets.ticket_id
left join {{ ref("int_support__requesters") }} as requesters on tickets.requester_id = requesters.zendesk_user_id
left join {{ ref("stg_app__accounts") }} as accounts on requesters.account_id = accounts.account_id
