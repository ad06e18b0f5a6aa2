-- Grain: one row per website session: a visitor's events with no pause of 30 minutes or more
-- The browser begins a new session id after such a pause; ids that follow one another sooner (another tab, a
-- restarted browser) are one session. So millions of events are only summed, and the pauses are looked for between
-- the ids. What a session's first event tells is looked up afterwards, for that event alone.
{{
    config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key="session_date",
        tags=["stream"],
        meta={"published": {"partition": "session_date"}},
    )
}}
{#- Logs may come days late: the newest days are made again. One day more is read, for sessions over midnight. -#}
{%- set days_made_again = late_days() %}
with
    events as (
        select *
        from {{ ref("stg_posthog__events") }}
        where
            lib = 'web'
            {% if is_incremental() %}
                and event_at >= (select max(session_date) - interval '{{ days_made_again + 1 }}' day from {{ this }})
            {% endif %}
    ),

    visits as (
        select
            distinct_id,
            session_id,
            min(event_at) as started_at,
            max(event_at) as ended_at,
            min_by(event_id, event_at) as first_event_id,
            max_by(pathname, event_at) as exit_page,
            count(*) as events,
            sum(case when event = '$pageview' then 1 else 0 end) as pageviews,
            sum(case when event = '$pageview' and pathname = '/pricing' then 1 else 0 end) as pricing_page_views,
            sum(
                case
                    when
                        event in (
                            '$autocapture',
                            'pricing_calculator_used',
                            'feature_video_played',
                            'documentation_searched',
                            'signup_started',
                            'signup_completed',
                            'demo_requested'
                        )
                    then 1
                    else 0
                end
            ) as actions,
            sum(case when event = 'signup_started' then 1 else 0 end) as signups_started,
            sum(case when event = 'signup_completed' then 1 else 0 end) as signups_completed,
            sum(case when event = 'demo_requested' then 1 else 0 end) as demos_requested,
            max(account_id) as signed_up_account_id
        from events
        group by distinct_id, session_id
    ),

    paused as (
        select
            visits.*,
            case
                when
                    lag(visits.ended_at) over (
                        partition by visits.distinct_id order by visits.started_at, visits.session_id
                    )
                    > visits.started_at - interval '1' minute * settings.session_gap_minutes
                then 0
                else 1
            end as begins
        from visits
        cross join {{ ref("marketing_settings") }} as settings
    ),

    numbered as (
        select
            paused.*,
            sum(begins) over (
                partition by distinct_id
                order by started_at, session_id
                rows between unbounded preceding and current row
            ) as session_number
        from paused
    ),

    sessions as (
        select
            distinct_id as visitor_id,
            min_by(session_id, started_at) as session_id,
            min_by(first_event_id, started_at) as first_event_id,
            min(started_at) as started_at,
            max(ended_at) as ended_at,
            max_by(exit_page, ended_at) as exit_page,
            sum(events) as events,
            sum(pageviews) as pageviews,
            sum(pricing_page_views) as pricing_page_views,
            sum(actions) as actions,
            sum(signups_started) as signups_started,
            sum(signups_completed) as signups_completed,
            sum(demos_requested) as demos_requested,
            max(signed_up_account_id) as signed_up_account_id
        from numbered
        group by distinct_id, session_number
    )

select
    sessions.session_id,
    sessions.visitor_id,
    arrivals.person_id,
    cast(sessions.started_at as date) as session_date,
    sessions.started_at,
    sessions.ended_at,
    date_diff('second', sessions.started_at, sessions.ended_at) as duration_seconds,
    arrivals.pathname as landing_page,
    sessions.exit_page,
    lower(arrivals.device_type) as device_type,
    arrivals.browser,
    arrivals.country_code as country,
    coalesce(by_medium.channel, by_referrer.channel, 'direct') as channel,
    arrivals.utm_source as source,
    arrivals.utm_medium as medium,
    arrivals.referring_domain,
    arrivals.utm_campaign as campaign_tag,
    cast(sessions.events as bigint) as events,
    cast(sessions.pageviews as bigint) as pageviews,
    cast(sessions.pricing_page_views as bigint) as pricing_page_views,
    cast(sessions.actions as bigint) as actions,
    sessions.pageviews = 1 and sessions.actions = 0 as is_bounce,
    cast(sessions.signups_started as bigint) as signups_started,
    cast(sessions.signups_completed as bigint) as signups_completed,
    cast(sessions.demos_requested as bigint) as demos_requested,
    cast(sessions.signed_up_account_id as bigint) as signed_up_account_id
from sessions
inner join events as arrivals on sessions.first_event_id = arrivals.event_id
left join
    {{ ref("marketing_channels") }} as by_medium on by_medium.kind = 'medium' and arrivals.utm_medium = by_medium.value
left join
    {{ ref("marketing_channels") }} as by_referrer
    on by_referrer.kind = 'referrer'
    and arrivals.referring_domain = by_referrer.value
{% if is_incremental() %}
    where cast(sessions.started_at as date) >= (select max(session_date) - {{ days_made_again }} from {{ this }})
{% endif %}
