-- Grain: one row per event in a ticket's life
select
    steps.ticket_event_id,
    steps.ticket_id,
    requesters.account_id,
    steps.event_at,
    steps.event_kind,
    tickets.ticket_category,
    tickets.ticket_priority,
    tickets.ticket_channel,
    coalesce(accounts.is_internal, false) as is_internal
from {{ ref("int_support__ticket_steps") }} as steps
inner join {{ ref("stg_zendesk__tickets") }} as tickets on steps.ticket_id = tickets.ticket_id
left join {{ ref("int_support__requesters") }} as requesters on tickets.requester_id = requesters.zendesk_user_id
left join {{ ref("stg_app__accounts") }} as accounts on requesters.account_id = accounts.account_id
