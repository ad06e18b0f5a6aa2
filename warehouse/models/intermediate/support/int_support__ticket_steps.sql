-- Grain: one row per event in a ticket's life
-- What an event is follows from the ticket's own events alone: only tickets of which one was loaded since are made
-- again, from all of their events.
{{ config(materialized="incremental", incremental_strategy="delete+insert", unique_key="ticket_id") }}
{%- set changes = source("zendesk", "ticket_audits") %}
with
    copies as (
        select
            id as ticket_event_id,
            ticket_id,
            created_at as event_at,
            {{ json_value("events", "[0].type") }} as event_type,
            {{ json_value("events", "[0].field_name") }} as event_field,
            {{ json_value("events", "[0].value") }} as event_value,
            _loaded_at as loaded_at,
            row_number() over (partition by id order by _loaded_at, created_at) as copy
        from {{ changes }}
        {% if is_incremental() %}
            where
                ticket_id in (select ticket_id from {{ changes }} where _loaded_at > timestamp '{{ loaded_through() }}')
        {% endif %}
    ),

    audits as (
        select
            *,
            sum(case when event_field = 'status' and event_value = 'solved' then 1 else 0 end) over (
                partition by ticket_id order by event_at, ticket_event_id
            ) as solutions
        from copies
        where copy = 1
    )

select
    ticket_event_id,
    ticket_id,
    event_at,
    case
        when event_type = 'Create'
        then 'created'
        when event_type = 'Comment'
        then 'responded'
        when event_type = 'Rating'
        then concat('rated_', event_value)
        when event_value = 'closed'
        then 'closed'
        when event_value = 'solved' and solutions = 1
        then 'solved'
        when event_value = 'solved'
        then 'resolved'
        else 'reopened'
    end as event_kind,
    loaded_at
from audits
