-- Debits equal credits in every journal entry.
select entry_id, sum(amount_usd_minor) as difference_usd_minor
from {{ ref("fact_gl") }}
group by entry_id
having sum(amount_usd_minor) <> 0
