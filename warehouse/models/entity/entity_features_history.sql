-- Grain: one row per feature and period in which its status and rollout stood still
select
    feature_key,
    valid_from,
    valid_to,
    valid_to is null as is_current,
    case
        when previous_status is null then 'created' when feature_status <> previous_status then 'status' else 'rollout'
    end as change_reason,
    feature_name,
    feature_status,
    previous_status,
    rollout_share,
    loaded_at
from {{ ref("int_product__feature_states") }}
