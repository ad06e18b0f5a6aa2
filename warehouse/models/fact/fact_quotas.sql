-- Grain: one row per rep and quarter
select
    quotas.forecasting_quota_id as quota_id,
    quotas.owner_user_id,
    team.user_name as owner_rep,
    team.territory,
    quotas.start_date as quarter_start,
    cast(quotas.start_date + interval '3' month as date) as next_quarter_start,
    quotas.quota_usd_minor,
    quotas.created_at as given_at
from {{ ref("stg_salesforce__forecasting_quota") }} as quotas
left join {{ ref("int_sales__team") }} as team on quotas.owner_user_id = team.sales_user_id
where not quotas.is_deleted
