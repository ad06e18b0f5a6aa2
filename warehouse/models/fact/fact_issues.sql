-- Grain: one row per issue of the tracker, feature requests left out
-- Additive: issues, story points.
select
    issue_id,
    issue_key,
    project_key,
    issue_type,
    issue_status,
    priority,
    summary,
    theme,
    story_points,
    affects_version,
    created_at,
    resolved_at,
    issue_status = 'Done' as is_done,
    _loaded_at as loaded_at
from {{ ref("stg_jira__issues") }}
where issue_type <> 'New Feature'
