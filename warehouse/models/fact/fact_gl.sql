-- Grain: one row per line of a posted journal entry
-- Additive; debits less credits. The chart's names and the class (product line) are joined in.
select
    lines.entry_id,
    lines.line_number,
    lines.posted_day,
    lines.entry_kind,
    accounts.gl_account_number,
    accounts.gl_account_name,
    accounts.gl_account_type,
    departments.department_name as department,
    classes.product_line,
    coalesce(lines.debit_usd_minor, 0) as debit_usd_minor,
    coalesce(lines.credit_usd_minor, 0) as credit_usd_minor,
    lines.amount_usd_minor,
    lines._loaded_at as loaded_at
from {{ ref("stg_netsuite__journal_lines") }} as lines
left join {{ ref("stg_netsuite__accounts") }} as accounts on lines.gl_account_id = accounts.gl_account_id
left join {{ ref("stg_netsuite__departments") }} as departments on lines.department_id = departments.department_id
left join {{ ref("stg_netsuite__classifications") }} as classes on lines.class_id = classes.class_id
