-- Grain: one row per person with a login
-- Who wants people with their account reads this: the newest versions are sought out once a build.
select
    users.user_id,
    users.email,
    users.first_name,
    users.last_name,
    memberships.account_id,
    memberships.location_id,
    memberships.user_role,
    users.created_at,
    users.deleted_at,
    coalesce(accounts.is_internal, false) as is_internal,
    users._loaded_at as loaded_at
from {{ ref("stg_app__users") }} as users
left join {{ ref("stg_app__memberships") }} as memberships on users.user_id = memberships.user_id
left join {{ ref("stg_app__accounts") }} as accounts on memberships.account_id = accounts.account_id
