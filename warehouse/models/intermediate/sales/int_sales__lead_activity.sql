-- Grain: one row per lead that somebody worked
select who_id as lead_id, min(completed_at) as first_activity_at, count(*) as activities
from {{ ref("stg_salesforce__task") }}
where who_id like '00Q%'
group by who_id
