-- Every attribution model shares out each customer's revenue, to the cent.
select
    account_id, model, sum(attributed_revenue_usd_minor) as shared_usd_minor, min(revenue_usd_minor) as whole_usd_minor
from {{ ref("fact_attribution") }}
group by account_id, model
having sum(attributed_revenue_usd_minor) <> min(revenue_usd_minor) or abs(sum(weight) - 1) > 1e-9
