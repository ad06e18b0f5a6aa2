-- Grain: one row per feature and period in which its flag stood still
with
    versions as (
        select
            key as feature_key,
            name as feature_name,
            {{ json_value("customProperties", "event.value[0]") }} as event_name,
            cast({{ json_value("customProperties", "number.value[0]") }} as bigint) as feature_number,
            cast({{ json_value("environments", "production.on") }} as boolean) as is_on,
            cast({{ json_value("environments", "production.rollout") }} as double) as rollout_share,
            "creationDate" as created_at,
            "lastModified" as changed_at,
            _version as flag_version,
            _loaded_at as loaded_at,
            row_number() over (partition by key, _version order by _loaded_at) as copy
        from {{ source("launchdarkly", "flags") }}
        where {{ json_value("tags", "[0]") }} = 'feature'
    )

select
    feature_key,
    feature_name,
    event_name,
    feature_number,
    case when is_on then 'launched' else 'planned' end as feature_status,
    lag(case when is_on then 'launched' else 'planned' end) over (
        partition by feature_key order by flag_version
    ) as previous_status,
    rollout_share,
    created_at,
    changed_at as valid_from,
    lead(changed_at) over (partition by feature_key order by flag_version) as valid_to,
    loaded_at
from versions
where copy = 1
