-- Grain: one row per website session: a visitor's events with no pause of 30 minutes or more
{{ config(
    materialized='incremental', incremental_strategy='delete+insert', unique_key='session_date',
    tags=['stream'], meta={'published': {'partition': 'session_date'}}
) }}
{#- Logs may come days late: the newest days are made again. One day more is read, for sessions over midnight. -#}
{%- set days_made_again = 10 %}
with events as (
    select
        event_id,
        event,
        distinct_id,
        person_id,
        event_at,
        session_id,
        device_type,
        browser,
        country_code,
        pathname,
        referring_domain,
        utm_source,
        utm_medium,
        utm_campaign,
        account_id
    from {{ ref('stg_posthog__events') }}
    where
        lib = 'web'
        {% if is_incremental() %}
            and event_at >= (select max(session_date) - interval '{{ days_made_again + 1 }}' day from {{ this }})
        {% endif %}
),

gaps as (
    select
        events.*,
        case
            when
                lag(events.event_at) over (partition by events.distinct_id order by events.event_at, events.event_id)
                > events.event_at - interval '1' minute * settings.session_gap_minutes
                then 0
            else 1
        end as begins
    from events
    cross join {{ ref('marketing_settings') }} as settings
),

numbered as (
    select
        gaps.*,
        sum(begins) over (
            partition by distinct_id
            order by event_at, event_id
            rows between unbounded preceding and current row
        ) as session_number
    from gaps
),

sessions as (
    select
        distinct_id as visitor_id,
        min_by(session_id, event_id) as session_id,
        min(person_id) as person_id,
        min(event_at) as started_at,
        max(event_at) as ended_at,
        min_by(pathname, event_id) as landing_page,
        max_by(pathname, event_id) as exit_page,
        min(lower(device_type)) as device_type,
        min(browser) as browser,
        min(country_code) as country,
        min_by(referring_domain, event_id) as referring_domain,
        min(utm_source) as source,
        min(utm_medium) as medium,
        min(utm_campaign) as campaign_tag,
        count(*) as events,
        sum(case when event = '$pageview' then 1 else 0 end) as pageviews,
        sum(case when event = '$pageview' and pathname = '/pricing' then 1 else 0 end) as pricing_page_views,
        sum(
            case
                when
                    event in (
                        '$autocapture', 'pricing_calculator_used', 'feature_video_played', 'documentation_searched',
                        'signup_started', 'signup_completed', 'demo_requested'
                    )
                    then 1
                else 0
            end
        ) as actions,
        sum(case when event = 'signup_started' then 1 else 0 end) as signups_started,
        sum(case when event = 'signup_completed' then 1 else 0 end) as signups_completed,
        sum(case when event = 'demo_requested' then 1 else 0 end) as demos_requested,
        max(account_id) as signed_up_account_id
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
    sessions.landing_page,
    sessions.exit_page,
    sessions.device_type,
    sessions.browser,
    sessions.country,
    coalesce(by_medium.channel, by_referrer.channel, 'direct') as channel,
    sessions.source,
    sessions.medium,
    sessions.referring_domain,
    sessions.campaign_tag,
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
left join {{ ref('marketing_channels') }} as by_medium
    on by_medium.kind = 'medium' and sessions.medium = by_medium.value
left join {{ ref('marketing_channels') }} as by_referrer
    on by_referrer.kind = 'referrer' and sessions.referring_domain = by_referrer.value
{% if is_incremental() %}
    where cast(sessions.started_at as date) >= (select max(session_date) - {{ days_made_again }} from {{ this }})
{% endif %}
