-- Grain: one row per account of the product with a person that ever used it
with
    people as (
        select
            account_id,
            max(last_session_at) as last_session_at,
            sum(case when is_activated then 1 else 0 end) as activated_users,
            sum(case when is_current_login then 1 else 0 end) as current_logins
        from {{ ref("entity_users") }}
        where account_id is not null
        group by account_id
    ),

    month as (
        select
            account_id,
            count(*) as active_users_28d,
            sum(case when is_power_user then 1 else 0 end) as power_users,
            sum(case when active_days_7d > 0 then 1 else 0 end) as active_users_7d,
            sum(sessions_28d) as sessions_28d,
            {{ bits_union("features_28d_mask") }} as features,
            round(avg(user_engagement_score), 4) as user_engagement_score
        from {{ whole(ref("entity_users_daily")) }}
        where day = {{ day_before_last(0) }} and account_id is not null
        group by account_id
    ),

    before as (
        select account_id, count(*) as active_users_28d
        from {{ whole(ref("entity_users_daily")) }}
        where day = {{ day_before_last(28) }} and account_id is not null
        group by account_id
    ),

    answers as (
        select account_id, max_by(score, responded_at) as last_nps_score from {{ ref("fact_nps") }} group by account_id
    )

select
    people.account_id,
    people.last_session_at,
    cast(people.activated_users as bigint) as activated_users,
    cast(people.current_logins as bigint) as current_logins,
    coalesce(month.active_users_28d, 0) as active_users_28d,
    coalesce(before.active_users_28d, 0) as active_users_28d_before,
    cast(coalesce(month.active_users_7d, 0) as bigint) as active_users_7d,
    cast(coalesce(month.power_users, 0) as bigint) as power_users,
    cast(coalesce(month.sessions_28d, 0) as bigint) as app_sessions_28d,
    coalesce({{ bits_counted("month.features") }}, 0) as features_adopted_28d,
    coalesce(month.user_engagement_score, 0) as user_engagement_score,
    answers.last_nps_score
from people
left join month on people.account_id = month.account_id
left join before on people.account_id = before.account_id
left join answers on people.account_id = answers.account_id
