-- Grain: one row per user and feature that the user ever used
select
    user_id,
    feature_key,
    min(feature_number) as feature_number,
    min(first_used_at) as first_used_at,
    max(activity_date) as last_used_on,
    count(*) as days_used,
    cast(sum(uses) as bigint) as uses
from {{ whole(ref("fact_feature_usage")) }}
group by user_id, feature_key
