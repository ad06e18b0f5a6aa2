-- Grain: one row per account of the product
with
    places as (
        select account_id, open_locations, open_taps from {{ ref("int_customers__places") }} where to_day is null
    ),

    milestones as (
        select
            account_id,
            max(case when account_status = 'churned' then valid_from end) as last_churned_at,
            min(case when account_status = 'active' then valid_from end) as first_active_at,
            max(valid_from) as status_since,
            max_by(previous_status, valid_from) as previous_status
        from {{ ref("int_customers__states") }}
        where change_reason in ('created', 'status')
        group by account_id
    ),

    plans as (
        select account_id, max_by(previous_plan, valid_from) as previous_plan
        from {{ ref("int_customers__states") }}
        where change_reason = 'plan'
        group by account_id
    ),

    steps as (
        select account_id, count(*) as onboarding_steps_done, max(completed_at) as last_onboarding_step_at
        from {{ ref("stg_app__onboarding_steps") }}
        group by account_id
    ),

    people as (
        select account_id, count(*) as users
        from {{ ref("int_product__people") }}
        where deleted_at is null
        group by account_id
    )

select
    accounts.account_id,
    accounts.account_uuid,
    accounts.account_name,
    accounts.email_domain,
    accounts.industry,
    sizes.company_size,
    accounts.country,
    accounts.region,
    accounts.timezone,
    accounts.currency,
    accounts.account_status,
    milestones.previous_status,
    milestones.status_since,
    accounts.plan,
    plans.previous_plan,
    accounts.billing_interval,
    accounts.signup_source as acquisition_channel,
    accounts.churn_reason,
    accounts.created_at as signed_up_at,
    cast(date_trunc('month', accounts.created_at) as date) as signup_cohort,
    accounts.opened_on,
    accounts.trial_ends_at,
    milestones.first_active_at,
    milestones.last_churned_at,
    accounts.onboarded_at,
    cast(coalesce(steps.onboarding_steps_done, 0) as bigint) as onboarding_steps_done,
    coalesce(places.open_locations, 0) as open_locations,
    coalesce(places.open_taps, 0) as open_taps,
    cast(coalesce(people.users, 0) as bigint) as users,
    accounts.is_internal,
    accounts._loaded_at as loaded_at
from {{ ref("stg_app__accounts") }} as accounts
left join places on accounts.account_id = places.account_id
left join milestones on accounts.account_id = milestones.account_id
left join plans on accounts.account_id = plans.account_id
left join steps on accounts.account_id = steps.account_id
left join people on accounts.account_id = people.account_id
left join
    {{ ref("company_sizes") }} as sizes
    on coalesce(places.open_locations, 0) between sizes.locations_from and sizes.locations_to
