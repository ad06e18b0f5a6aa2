-- Grain: one row per Gainsight company whose account is known
select
    companies.gainsight_id as gainsight_company_id,
    companies.csm_id,
    coalesce(max(by_id.account_id), max(by_domain.account_id)) as account_id
from {{ ref("stg_gainsight__companies") }} as companies
left join {{ ref("stg_app__accounts") }} as by_id on companies.external_id = by_id.account_uuid
left join {{ ref("stg_app__accounts") }} as by_domain on companies.email_domain = by_domain.email_domain
where coalesce(by_id.account_id, by_domain.account_id) is not null
group by companies.gainsight_id, companies.csm_id
