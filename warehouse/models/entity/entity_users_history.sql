-- Grain: one row per person with a login and period in which the login stood still
with
    versions as (
        select
            id as user_id,
            email,
            deleted_at,
            committed_at as changed_at,
            lsn,
            _loaded_at as loaded_at,
            row_number() over (partition by id, lsn order by _loaded_at) as copy
        from {{ source("app", "users") }}
    ),

    steps as (
        select
            *,
            lag(lsn) over (partition by user_id order by lsn) as previous_lsn,
            lag(email) over (partition by user_id order by lsn) as previous_email,
            lag(deleted_at) over (partition by user_id order by lsn) as previous_deleted_at
        from versions
        where copy = 1
    ),

    moves as (
        select
            *,
            case
                when previous_lsn is null
                then 'created'
                when deleted_at is not null and previous_deleted_at is null
                then 'deleted'
                when email <> previous_email
                then 'email'
            end as change_reason
        from steps
    )

select
    moves.user_id,
    moves.changed_at as valid_from,
    lead(moves.changed_at) over (partition by moves.user_id order by moves.lsn) as valid_to,
    lead(moves.changed_at) over (partition by moves.user_id order by moves.lsn) is null as is_current,
    moves.change_reason,
    moves.email,
    moves.previous_email,
    moves.deleted_at is not null as is_deleted,
    people.account_id,
    people.user_role,
    people.is_internal,
    moves.loaded_at
from moves
inner join {{ ref("int_product__people") }} as people on moves.user_id = people.user_id
where moves.change_reason is not null
