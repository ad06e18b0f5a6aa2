-- Grain: one row per form sent on the website
select
    submissions.submission_id,
    submissions.contact_id,
    contacts.account_id,
    forms.form_name,
    submissions.submitted_at,
    cast(submissions.submitted_at as date) as submitted_date,
    submissions.page_url,
    coalesce(submissions.submitted_at = contacts.created_at, false) as creates_contact,
    contacts.channel,
    contacts.country
from {{ ref("stg_hubspot__form_submissions") }} as submissions
left join {{ ref("stg_hubspot__forms") }} as forms on submissions.form_id = forms.form_id
left join {{ ref("int_marketing__contacts") }} as contacts on submissions.contact_id = contacts.contact_id
