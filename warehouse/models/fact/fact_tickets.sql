-- Grain: one row per ticket
with
    steps as (
        select
            ticket_id,
            min(case when event_kind = 'responded' then event_at end) as first_responded_at,
            min(case when event_kind = 'solved' then event_at end) as first_solved_at,
            max(case when event_kind in ('solved', 'resolved') then event_at end) as last_solved_at,
            sum(case when event_kind = 'reopened' then 1 else 0 end) as reopens
        from {{ ref("fact_ticket_events") }}
        group by ticket_id
    )

select
    tickets.ticket_id,
    requesters.account_id,
    requesters.user_id as requester_user_id,
    tickets.created_at,
    steps.first_responded_at,
    steps.first_solved_at,
    steps.last_solved_at,
    tickets.ticket_status,
    tickets.ticket_status in ('solved', 'closed') as is_solved,
    tickets.ticket_category,
    tickets.ticket_priority,
    tickets.ticket_channel,
    tickets.assignee_id as agent_id,
    cast(
        {{ business_seconds_until("steps.first_responded_at", "answered") }}
        - {{ business_seconds_until("tickets.created_at", "asked") }} as bigint
    ) as first_response_business_seconds,
    cast(date_diff('second', tickets.created_at, steps.last_solved_at) as bigint) as resolution_seconds,
    cast(coalesce(steps.reopens, 0) as bigint) as reopens,
    ratings.satisfaction_score,
    ratings.created_at as rated_at,
    coalesce(accounts.is_internal, false) as is_internal
from {{ ref("stg_zendesk__tickets") }} as tickets
left join steps on tickets.ticket_id = steps.ticket_id
left join {{ ref("int_support__requesters") }} as requesters on tickets.requester_id = requesters.zendesk_user_id
left join {{ ref("stg_app__accounts") }} as accounts on requesters.account_id = accounts.account_id
left join {{ ref("stg_zendesk__satisfaction_ratings") }} as ratings on tickets.ticket_id = ratings.ticket_id
left join {{ ref("support_calendar") }} as asked on {{ weekday_of("tickets.created_at") }} = asked.weekday
left join {{ ref("support_calendar") }} as answered on {{ weekday_of("steps.first_responded_at") }} = answered.weekday
