-- Grain: one row per release that was deployed
-- Additive: deployments, failed ones.
with incidents as (select distinct affects_version from {{ ref("stg_jira__issues") }} where issue_type = 'Incident')

select
    workflows.workflow_id as deployment_id,
    pipelines.repository,
    services.team,
    services.service,
    replace(pipelines.tag, 'v', '') as version,
    workflows.created_at as deployed_at,
    incidents.affects_version is not null as is_failed,
    workflows._loaded_at as loaded_at
from {{ ref("stg_circleci__workflows") }} as workflows
inner join {{ ref("stg_circleci__pipelines") }} as pipelines on workflows.pipeline_id = pipelines.pipeline_id
inner join {{ ref("engineering_services") }} as services on pipelines.repository = services.repository
left join incidents on incidents.affects_version = services.service || ' ' || replace(pipelines.tag, 'v', '')
where workflows.workflow_name = 'deploy' and workflows.workflow_status = 'success'
