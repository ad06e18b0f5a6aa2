-- Grain: one row per contact that became marketing-qualified
select
    contact_id,
    account_id,
    qualified_at,
    cast(qualified_at as date) as qualified_date,
    qualification_reason,
    channel,
    country,
    industry
from {{ ref("int_marketing__contacts") }}
where qualified_at is not null
