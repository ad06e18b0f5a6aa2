-- Grain: one row per person of the sales team
select
    people.user_id as sales_user_id,
    people.user_name,
    people.title,
    people.territory,
    people.is_active,
    managers.user_name as manager_name,
    people.created_at as joined_at
from {{ ref("stg_salesforce__user") }} as people
left join {{ ref("stg_salesforce__user") }} as managers on people.manager_user_id = managers.user_id
