-- Grain: one row per call to action of customer success
select
    ctas.gainsight_id as call_id,
    companies.account_id,
    ctas.csm_id,
    ctas.cta_reason as call_reason,
    ctas.cta_status as call_status,
    ctas.created_at as opened_at,
    ctas.acted_at,
    ctas.closed_at
from {{ ref("stg_gainsight__ctas") }} as ctas
left join {{ ref("int_success__companies") }} as companies on ctas.gainsight_company_id = companies.gainsight_company_id
