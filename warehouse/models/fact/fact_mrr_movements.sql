-- Grain: one row per account, UTC day and kind of movement
-- Additive. On the first day of a year the step of the new rates comes first; what is left of the
-- day's change is netted per customer. The first day's opening balance is never new.
with
    steps as (
        select *, before_usd_minor + fx_usd_minor as base_usd_minor, day < {{ first_day_simulated() }} as is_opening
        from {{ ref("int_billing__mrr_steps") }}
    ),

    movements as (
        select
            account_id,
            day,
            'fx' as movement,
            fx_usd_minor as amount_usd_minor,
            base_usd_minor as after_usd_minor,
            subscription_id
        from steps
        where fx_usd_minor <> 0
        union all
        select
            account_id,
            case when is_opening then {{ first_day_simulated() }} else day end as day,
            case
                when is_opening
                then 'opening'
                when base_usd_minor = 0 and most_before_usd_minor = 0
                then 'new'
                when base_usd_minor = 0
                then 'reactivation'
                when after_usd_minor = 0
                then 'churned'
                when after_usd_minor > base_usd_minor
                then 'expansion'
                else 'contraction'
            end as movement,
            after_usd_minor - base_usd_minor as amount_usd_minor,
            after_usd_minor,
            subscription_id
        from steps
        where after_usd_minor <> base_usd_minor
    ),

    -- No version lies on the day of an opening balance, nor on that of new rates.
    currencies as (
        select subscription_id, max(currency) as currency
        from {{ ref("int_billing__subscription_versions") }}
        group by subscription_id
    )

select
    movements.account_id,
    movements.day,
    movements.movement,
    cast(movements.amount_usd_minor as bigint) as amount_usd_minor,
    cast(movements.after_usd_minor as bigint) as after_usd_minor,
    movements.subscription_id,
    currencies.currency,
    case
        when movements.movement <> 'churned'
        then null
        when versions.subscription_status = 'paused'
        then 'paused'
        else versions.cancellation_reason
    end as reason
from movements
left join currencies on movements.subscription_id = currencies.subscription_id
left join
    {{ ref("int_billing__subscription_versions") }} as versions
    on movements.subscription_id = versions.subscription_id
    and movements.day = versions.version_day
