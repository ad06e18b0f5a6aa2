-- Grain: one row per account that ever wrote to support or has a success manager
with
    tickets as (
        select
            account_id,
            count(*) as tickets_ever,
            sum(case when is_solved then 0 else 1 end) as tickets_open,
            sum(case when created_at >= {{ simulated_now() }} - interval '90' day then 1 else 0 end) as tickets_90d,
            max(created_at) as last_ticket_at,
            sum(case when satisfaction_score = 'good' then 1 else 0 end) as ratings_good,
            sum(case when satisfaction_score is not null then 1 else 0 end) as ratings
        from {{ ref("fact_tickets") }}
        where account_id is not null
        group by account_id
    ),

    managers as (select account_id, max(csm_id) as csm_id from {{ ref("int_success__companies") }} group by account_id)

select
    coalesce(tickets.account_id, managers.account_id) as account_id,
    managers.csm_id,
    cast(coalesce(tickets.tickets_ever, 0) as bigint) as tickets_ever,
    cast(coalesce(tickets.tickets_open, 0) as bigint) as tickets_open,
    cast(coalesce(tickets.tickets_90d, 0) as bigint) as tickets_90d,
    tickets.last_ticket_at,
    cast(coalesce(tickets.ratings_good, 0) as bigint) as ratings_good,
    cast(coalesce(tickets.ratings, 0) as bigint) as ratings
from tickets
full outer join managers on tickets.account_id = managers.account_id
