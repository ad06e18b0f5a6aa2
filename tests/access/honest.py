# ruff: noqa: E501 (a query a piece: a table of them reads better wide)
"""What analysts honestly ask, in the engine's SQL."""

from __future__ import annotations

C, U, P = "entity.entity_customers", "entity.entity_users", "fact.fact_payments"

QUERIES = [
    q.replace("{C}", C).replace("{U}", U).replace("{P}", P)
    for q in (
        "select 1", "select 7 as number, 'a,b' as words, date '2026-03-01' as day, null as nothing", "values (1, 'a'), (2, 'b')",
        "select count(*) from {C}", "select region, count(*) as customers from {C} where plan = 'starter' group by 1 order by 2 desc",
        "select * from {C}", "from {C}", "from {C} select region limit 3", "select c.* from {C} c", "select * exclude (plan) from {C}",
        "select * replace (upper(plan) as plan) from {C}", "select columns('a.*') from {C}", "select plan, avg(current_mrr_usd_minor) / 100.0 as mrr from {C} group by all",
        "select date_trunc('month', signed_up_at) as month, count(*) from {C} group by month order by month", "select extract(year from signed_up_at), strftime(signed_up_at, '%Y-%m') from {C}",
        "select signed_up_at::date, signed_up_at + interval 30 day, signed_up_at - interval '1 month' from {C}", "select date_diff('day', signed_up_at, now()::timestamp) from {C}",
        "select c.plan, sum(p.amount_usd_minor) from {C} c join {P} p using (account_id) group by 1", "select c.account_id, p.payment_id from {C} c left join {P} p on p.account_id = c.account_id and p.payment_id < 10",
        "select * from {C} c semi join {P} p using (account_id)", "select * from {C} c anti join {P} p using (account_id)", "select * from {C} a full outer join {C} b on a.account_id = b.account_id + 1",
        "select * from {P} p asof join {C} c on p.account_id = c.account_id and p.attempted_at >= c.signed_up_at", "select * from {C} a cross join range(3) r(i)", "select * from {C} positional join {U}",
        "with monthly as (select date_trunc('month', attempted_at) as m, sum(amount_usd_minor) as s from {P} group by 1) select m, s, lag(s) over (order by m), s - lag(s) over (order by m) from monthly",
        "with a as (select account_id from {C}), b as (select * from a where account_id > 1) select count(*) from b", "with recursive n as (select 1 as i union all select i + 1 from n where i < 10) select sum(i) from n",
        "select account_id, row_number() over (partition by plan order by account_id) as n from {C} qualify n = 1", "select account_id, sum(amount_usd_minor) over (partition by account_id order by attempted_at rows between 6 preceding and current row) from {P}",
        "select rank() over w, dense_rank() over w, ntile(4) over w from {P} window w as (order by attempted_at)", "select percent_rank() over (order by payment_id), first_value(payment_id) over (order by attempted_at) from {P}",
        "select plan, count(*) filter (where account_id > 1) from {C} group by plan", "select count(distinct account_id), approx_count_distinct(account_id) from {P}", "select median(amount_usd_minor), quantile_cont(amount_usd_minor, [0.25, 0.75]), mode(payment_method) from {P}",
        "select max_by(payment_id, attempted_at), arg_min(payment_id, attempted_at), any_value(payment_method) from {P}", "select string_agg(plan, ', ' order by plan), list(distinct plan), array_agg(plan) from {C}",
        "select coalesce(plan, 'none'), nullif(plan, 'x'), ifnull(plan, 'y'), case plan when 'starter' then 1 else 2 end from {C}", "select if(account_id > 1, 'a', 'b'), greatest(account_id, 2), least(1, 2) from {C}",
        "select lower(account_name), upper(plan), initials from (select account_name, plan, left(account_name, 1) as initials from {C})", "select split_part(account_name, ' ', 1), replace(plan, 's', 'z'), trim(plan), length(plan), substr(plan, 2, 3) from {C}",
        "select regexp_replace(plan, '[aeiou]', '-', 'g'), regexp_matches(plan, '^s'), regexp_extract(plan, '(.)', 1) from {C}", "select plan from {C} where plan like 's%' or plan ilike 'G%' and plan not like 'x%'", "select * from {C} where account_name similar to '.*Bell'",
        "select * from {C} where account_id in (select account_id from {P})", "select * from {C} c where exists (select 1 from {P} p where p.account_id = c.account_id and p.payment_id > 3)", "select * from {C} where account_id = any (select account_id from {P})",
        "select (select count(*) from {P} p where p.account_id = c.account_id) from {C} c", "select * from {C} c, lateral (select max(payment_id) as newest from {P} p where p.account_id = c.account_id) l",
        "select plan from {C} union select payment_method from {P}", "select plan from {C} union all by name select plan from {C}", "select account_id from {C} except select account_id from {U}", "(select account_id from {C} intersect select account_id from {U}) order by 1 limit 2",
        "select plan, region, count(*) from {C} group by grouping sets ((plan), (region), ())", "select plan, region, count(*), grouping(plan) from {C} group by rollup (plan, region)", "select plan, count(*) from {C} group by cube (plan) having count(*) > 0",
        "select * from {C} pivot (count(*) for plan in ('starter', 'growth') group by region)", "select unnest([1, 2, 3]) as i", "select * from unnest(['a', 'b']) t(x)", "select * from generate_series(1, 5) t(i)", "select d::date from range(date '2026-01-01', date '2026-02-01', interval 1 day) t(d)",
        "select list_transform([1, 2], lambda x: x + 1), list_filter([1, 2], lambda x: x > 1), list_sum([1, 2])", "select {'a': 1, 'b': [1, 2]}.a, [1, 2, 3][1:2], map {'k': 1}['k']", "select to_json({'a': 1}), '{\"a\": 1}'::json ->> 'a', json_extract('{\"a\": 1}', '$.a')",
        "select try_cast('x' as integer), cast('1' as bigint), '2.5'::decimal(10, 2), 1::varchar", "select 7 / 2, 7 // 2, 7 % 2, 2 ** 3, -1, abs(-2), round(2.55, 1), floor(2.5), ceil(2.5), ln(2), sqrt(4)", "select 1 is distinct from null, null is null, not true, 1 between 0 and 2, true and false or true",
        "select account_id from {C} order by signed_up_at desc nulls last, 1 limit 5 offset 1", "select distinct plan from {C}", "select distinct on (plan) plan, account_id from {C} order by plan, account_id", "select plan from {C} order by all", "select * from {C} using sample 1 rows",
        "select entity.entity_customers.plan from {C}", 'select "plan" as "Plan of the customer" from "entity"."entity_customers"', "select /* a comment */ plan -- another\nfrom {C}", "select * from {C} c(id, house) where id = 1", "select email, first_name, born_on from {U}",
        "select count(distinct email) from {U}", "select width, rpad(plan, 12, '.') from (select plan, 3 as width from {C})", "select format('{:,}', account_id) from {C}", "select time_bucket(interval 7 day, attempted_at), count(*) from {P} group by 1", "select dayname(attempted_at), hour(attempted_at), last_day(attempted_at) from {P}",
        "select corr(payment_id, account_id), stddev(payment_id), regr_slope(payment_id, account_id) from {P}", "select bool_or(account_id > 1), count_if(account_id > 1) from {C}", "select current_date, current_timestamp", "select timezone('UTC', attempted_at), attempted_at at time zone 'UTC' from {P}", "select hash(account_id) % 10 from {C}",
    )
]  # fmt: skip
