-- Grain: one row per website session: a visitor's events with no pause of 30 minutes or more
-- The browser begins a new session id after such a pause; ids that follow one another sooner (another tab, a
-- restarted browser) are one session. So millions of events are only summed, and the pauses are looked for between
-- the ids. What the first event tells is kept of every id; of a session, it is what its first id keeps.
{{
    config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key="session_date",
        tags=["stream"],
        full_refresh=false,
        meta={"grows_by": "session_date", "published": {"partition": "session_date", "sorted_by": ["session_id"]}},
    )
}}
{%- set of_first_event = [
    "person_id",
    "pathname",
    "device_type",
    "browser",
    "country_code",
    "utm_source",
    "utm_medium",
    "referring_domain",
    "utm_campaign",
] %}
{#- Logs may come days late: the newest days are made again. One day more is read, for sessions over midnight. -#}
{%- set begin = "0001-01-01" %}
{%- if is_incremental() %}
    {%- set begin = (
        first_day_retained(ref("stg_posthog__events"))
        if flags.FULL_REFRESH
        else run_query(
            "select cast(coalesce(max(session_date), date '0100-01-01') - "
            ~ (late_days() + 1)
            ~ " as date) from "
            ~ this
        ).rows[0][0]
    ) %}
{%- endif %}
with
    visits as (
        select
            distinct_id,
            session_id,
            min(event_at) as started_at,
            max(event_at) as ended_at,
            {%- for column in of_first_event %} {{ first_by(column, "event_at") }} as {{ column }}, {%- endfor %}
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
        from {{ ref("stg_posthog__events") }}
        where lib = 'web' {% if is_incremental() %} and event_at >= timestamp '{{ begin }} 00:00:00' {% endif %}
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
            max(case when begins = 1 then session_id end) as session_id,
            {%- for column in of_first_event %}
                max(case when begins = 1 then {{ column }} end) as {{ column }},
            {%- endfor %}
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
    sessions.person_id,
    cast(sessions.started_at as date) as session_date,
    sessions.started_at,
    sessions.ended_at,
    date_diff('second', sessions.started_at, sessions.ended_at) as duration_seconds,
    sessions.pathname as landing_page,
    sessions.exit_page,
    lower(sessions.device_type) as device_type,
    sessions.browser,
    sessions.country_code as country,
    coalesce(by_medium.channel, by_referrer.channel, 'direct') as channel,
    sessions.utm_source as source,
    sessions.utm_medium as medium,
    sessions.referring_domain,
    sessions.utm_campaign as campaign_tag,
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
left join
    {{ ref("marketing_channels") }} as by_medium on by_medium.kind = 'medium' and sessions.utm_medium = by_medium.value
left join
    {{ ref("marketing_channels") }} as by_referrer
    on by_referrer.kind = 'referrer'
    and sessions.referring_domain = by_referrer.value
{% if is_incremental() %} where cast(sessions.started_at as date) > date '{{ begin }}' {% endif %}
