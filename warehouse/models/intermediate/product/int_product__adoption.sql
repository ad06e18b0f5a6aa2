-- Grain: one row per user and feature that the user ever used
select
    user_id,
    feature_key,
    min(feature_number) as feature_number,
    min(first_used_at) as first_used_at,
    max(last_used_on) as last_used_on,
    cast(sum(days_used) as bigint) as days_used,
    cast(sum(uses) as bigint) as uses
from {{ ref("int_product__adoption_months") }}
group by user_id, feature_key
