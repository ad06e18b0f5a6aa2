-- Grain: one row per new customer, touchpoint of the window before its first payment, and attribution model
-- A customer without a touchpoint keeps one row under `unattributed`, so that every model shares out the same total.
with
    conversions as (
        select
            movements.account_id, movements.day as conversion_date, movements.amount_usd_minor * 12 as revenue_usd_minor
        from {{ ref("fact_mrr_movements") }} as movements
        inner join {{ ref("stg_app__accounts") }} as accounts on movements.account_id = accounts.account_id
        where movements.movement = 'new' and not accounts.is_internal
    ),

    paths as (
        select
            conversions.account_id,
            conversions.conversion_date,
            conversions.revenue_usd_minor,
            coalesce(touchpoints.touchpoint_id, 'none:' || cast(conversions.account_id as varchar)) as touchpoint_id,
            touchpoints.touched_at,
            coalesce(touchpoints.channel, 'unattributed') as channel,
            touchpoints.campaign_id,
            row_number() over (
                partition by conversions.account_id order by touchpoints.touched_at, touchpoints.touchpoint_id
            ) as position,
            count(*) over (partition by conversions.account_id) as touchpoint_count,
            power(
                0.5,
                coalesce(date_diff('second', touchpoints.touched_at, conversions.conversion_date + interval '1' day), 0)
                / (86400.0 * settings.time_decay_half_life_days)
            ) as freshness,
            settings.first_position_share,
            settings.last_position_share
        from conversions
        cross join {{ ref("marketing_settings") }} as settings
        left join
            {{ ref("fact_touchpoints") }} as touchpoints
            on conversions.account_id = touchpoints.account_id
            and touchpoints.touched_at < conversions.conversion_date + interval '1' day
            and touchpoints.touched_at
            >= conversions.conversion_date - interval '1' day * settings.attribution_window_days
    ),

    models as (
        select 'first' as model
        union all
        select 'last'
        union all
        select 'linear'
        union all
        select 'time_decay'
        union all
        select 'position'
    ),

    weighed as (
        select
            paths.*,
            models.model,
            case
                models.model
                when 'first'
                then case when paths.position = 1 then 1.0 else 0.0 end
                when 'last'
                then case when paths.position = paths.touchpoint_count then 1.0 else 0.0 end
                when 'linear'
                then 1.0 / paths.touchpoint_count
                when 'time_decay'
                then paths.freshness / sum(paths.freshness) over (partition by paths.account_id, models.model)
                else
                    case
                        when paths.touchpoint_count = 1
                        then 1.0
                        when paths.touchpoint_count = 2
                        then 0.5
                        when paths.position = 1
                        then paths.first_position_share
                        when paths.position = paths.touchpoint_count
                        then paths.last_position_share
                        else
                            (1.0 - paths.first_position_share - paths.last_position_share)
                            / (paths.touchpoint_count - 2)
                    end
            end as weight
        from paths
        cross join models
    ),

    running as (
        select
            weighed.*,
            case
                when position = touchpoint_count
                then 1.0
                else
                    sum(weight) over (
                        partition by account_id, model
                        order by position
                        rows between unbounded preceding and current row
                    )
            end as shared_to,
            case
                when position = 1
                then 0.0
                else
                    sum(weight) over (
                        partition by account_id, model
                        order by position
                        rows between unbounded preceding and 1 preceding
                    )
            end as shared_from
        from weighed
    )

-- Cumulative amounts are rounded and differenced, so that the parts sum to the whole.
select
    account_id,
    touchpoint_id,
    model,
    conversion_date,
    touched_at,
    channel,
    campaign_id,
    position,
    touchpoint_count,
    cast(weight as double) as weight,
    cast(weight as double) as attributed_conversions,
    revenue_usd_minor,
    cast(round(revenue_usd_minor * shared_to) as bigint)
    - cast(round(revenue_usd_minor * shared_from) as bigint) as attributed_revenue_usd_minor
from running
