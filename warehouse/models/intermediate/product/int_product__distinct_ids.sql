-- Grain: one row per distinct id of PostHog that belongs to a person with a login
select cast(user_id as varchar) as distinct_id, user_id, 'app_user' as match_rule
from {{ ref("int_product__people") }}

union all

select anonymous_id as distinct_id, min(try_cast(distinct_id as bigint)) as user_id, 'identified_in_app' as match_rule
from {{ ref("int_product__signals") }}
where event = '$identify' and anonymous_id is not null
group by anonymous_id
