-- Grain: one row per bank account and day
-- Semi-additive: sums over accounts of one day, never over days.
select
    balances.balance_day as day,
    accounts.gl_account_number,
    accounts.gl_account_name as bank_account,
    balances.balance_usd_minor,
    balances._loaded_at as loaded_at
from {{ ref("stg_netsuite__bank_balances") }} as balances
left join {{ ref("stg_netsuite__accounts") }} as accounts on balances.gl_account_id = accounts.gl_account_id
