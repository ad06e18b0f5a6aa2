-- Grain: one row per feature request of a customer
-- Additive: requests opened and shipped; open requests are semi-additive.
select
    issue_id as request_id,
    issue_key,
    account_key as account_id,
    theme,
    summary as theme_name,
    request_source,
    issue_status,
    created_at as requested_at,
    case when issue_status = 'Done' then resolved_at end as shipped_at,
    resolved_at is null as is_open,
    _loaded_at as loaded_at
from {{ ref("stg_jira__issues") }}
where issue_type = 'New Feature'
