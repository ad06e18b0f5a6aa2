-- Grain: one row per pull request
-- Additive: pull requests, lines; hours are medians.
with
    commits as (
        select repository, pull_number, min(committed_at) as first_commit_at
        from {{ ref("stg_github__pull_request_commits") }}
        group by repository, pull_number
    ),

    -- A change reaches production with its repository's first deployment after the merge.
    released as (
        select pulls.pull_request_id, min(deployments.deployed_at) as released_at
        from {{ ref("stg_github__pull_requests") }} as pulls
        inner join
            {{ ref("fact_deployments") }} as deployments
            on pulls.repository = deployments.repository
            and deployments.deployed_at >= pulls.merged_at
        group by pulls.pull_request_id
    )

select
    pulls.pull_request_id,
    pulls.repository,
    services.team,
    services.service,
    pulls.pull_number,
    pulls.issue_key,
    pulls.author_login,
    pulls.pull_state,
    pulls.opened_at,
    commits.first_commit_at,
    pulls.merged_at,
    pulls.closed_at,
    released.released_at,
    pulls.merged_at is not null as is_merged,
    cast({{ to_epoch("released.released_at") }} - {{ to_epoch("commits.first_commit_at") }} as double)
    / 3600 as lead_time_hours,
    pulls.additions,
    pulls.deletions,
    pulls.changed_files,
    pulls.commit_count,
    pulls._loaded_at as loaded_at
from {{ ref("stg_github__pull_requests") }} as pulls
inner join {{ ref("engineering_services") }} as services on pulls.repository = services.repository
left join commits on pulls.repository = commits.repository and pulls.pull_number = commits.pull_number
left join released on pulls.pull_request_id = released.pull_request_id
