-- Grain: one row per month, ledger account and department
-- Additive. Made at each year's beginning.
select
    budgets.budget_month,
    accounts.gl_account_number,
    accounts.gl_account_name,
    accounts.gl_account_type,
    departments.department_name as department,
    budgets.amount_usd_minor,
    budgets._loaded_at as loaded_at
from {{ ref("stg_netsuite__budgets") }} as budgets
left join {{ ref("stg_netsuite__accounts") }} as accounts on budgets.gl_account_id = accounts.gl_account_id
left join {{ ref("stg_netsuite__departments") }} as departments on budgets.department_id = departments.department_id
