-- Grain: one row per business review that was due
select
    reviews.gainsight_id as review_id,
    companies.account_id,
    reviews.csm_id,
    reviews.due_on,
    reviews.review_status = 'Completed' as is_held
from {{ ref("stg_gainsight__qbrs") }} as reviews
left join
    {{ ref("int_success__companies") }} as companies on reviews.gainsight_company_id = companies.gainsight_company_id
