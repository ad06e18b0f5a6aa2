-- Grain: one row per contact that became marketing-qualified: its score reached the threshold, or it asked for a demo
with
    scored as (
        select contacts.id as contact_id, min(contacts.lastmodifieddate) as at
        from {{ source("hubspot", "contacts") }} as contacts
        cross join {{ ref("marketing_settings") }} as settings
        where contacts.hubspotscore >= settings.qualifying_score
        group by contacts.id
    ),

    asked as (
        select submissions.contact_id, min(submissions.submitted_at) as at
        from {{ ref("stg_hubspot__form_submissions") }} as submissions
        inner join {{ ref("stg_hubspot__forms") }} as forms on submissions.form_id = forms.form_id
        where forms.form_name = 'Demo Request'
        group by submissions.contact_id
    )

select
    coalesce(scored.contact_id, asked.contact_id) as contact_id,
    least(coalesce(scored.at, asked.at), coalesce(asked.at, scored.at)) as qualified_at,
    case when asked.at is null or scored.at < asked.at then 'score' else 'demo_request' end as reason
from scored
full outer join asked on scored.contact_id = asked.contact_id
