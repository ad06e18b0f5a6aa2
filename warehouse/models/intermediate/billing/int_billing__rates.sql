-- Grain: one row per currency and day of the simulation
-- Market rates by day, USD at one. Before the first day the first day's rate holds.
select
    currency,
    rate_day,
    rate_ppm,
    case
        when rate_day = min(rate_day) over (partition by currency) then date '1970-01-01' else rate_day
    end as from_day,
    coalesce(lead(rate_day) over (partition by currency order by rate_day), date '9999-12-31') as until_day
from {{ ref("stg_netsuite__currency_rates") }}
union all
select
    'USD' as currency,
    {{ first_day_simulated() }} as rate_day,
    1000000 as rate_ppm,
    date '1970-01-01' as from_day,
    date '9999-12-31' as until_day
