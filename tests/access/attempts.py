# ruff: noqa: E501 (a query a piece: a table of them reads better wide)
"""Attempts to get around the guard: a name, the SQL, and what it hopes for."""

from __future__ import annotations

C, U, P, G = "entity.entity_customers", "entity.entity_users", "fact.fact_payments", "fact.fact_gl"

# --- statements that are no SELECT, and what hides behind one
STATEMENTS = [
    "copy {C} to '/tmp/x.csv'", "copy (select * from {C}) to '/tmp/x.parquet' (format parquet)", "copy {C} from '/etc/passwd'",
    "attach '/tmp/x.duckdb'", "attach ':memory:' as m", "detach m", "use hidden", "set schema = 'hidden'", "set search_path = 'hidden'",
    "set enable_external_access = true", "set lock_configuration = false", "reset memory_limit", "pragma database_list",
    "pragma table_info('hidden.vault')", "pragma show_tables", "pragma version", "install httpfs", "load httpfs", "force install json",
    "export database '/tmp/x'", "import database '/tmp/x'", "call duckdb_tables()", "call pragma_version()", "checkpoint", "vacuum",
    "prepare p as select * from hidden.vault", "execute p", "deallocate p", "create table t as select * from {C}",
    "create temp view v as select * from hidden.vault", "create macro m() as (select word from hidden.vault)",
    "create or replace function f(x) as x", "create secret s (type s3)", "create type t as enum (select word from hidden.vault)",
    "drop table {C}", "alter table {C} rename to x", "insert into {C} select * from {C}", "update {C} set plan = 'x'",
    "delete from {C}", "truncate {C}", "merge into {C} using {C} c on true when matched then delete", "begin transaction", "commit",
    "rollback", "explain select * from hidden.vault", "explain analyze select * from {C}", "describe hidden.vault",
    "describe {C}", "summarize {C}", "show tables", "show all tables", "show hidden.vault", "from (describe {C})",
    "from (summarize {C})", "select * from (show tables)", "comment on table {C} is 'x'", "analyze", "set variable x = (select word from hidden.vault)",
    "select 1; select * from hidden.vault", "select 1;; select word from main.loose", "; ; select * from hidden.vault; --",
    "select 1 /* */ ; /* */ select 2", "", ";", "--", "/* select 1 */", "select * into t from {C}", "select * from {C} for update",
    "with x as (insert into {C} select * from {C} returning *) select * from x", "with x as (delete from {C} returning *) select * from x",
    "pivot {C} on account_name using count(*)", "unpivot {U} on email, first_name into name k value v", "call query('select 1')",
]  # fmt: skip

# --- tables that are not to be had, under any spelling
TABLES = [
    "select * from hidden.vault", "select * from HIDDEN.VAULT", 'select * from "hidden"."vault"', "select * from main.loose", "select * from loose",
    'select * from "loose"', "select * from castle.hidden.vault", "select * from castle.main.loose", "select * from entity.entity_all",
    "select * from {G}", 'select * from "fact"."fact_gl"', "select * from FACT.Fact_GL", "select * from fact /**/ . /**/ fact_gl",
    "select * from castle.{G}", "select * from memory.main.x", "select * from system.main.duckdb_tables", "select * from information_schema.tables",
    "select * from information_schema.columns", "select * from pg_catalog.pg_class", "select * from pg_class", "select * from sqlite_master",
    "select * from duckdb_tables", "select * from duckdb_settings()", "select * from duckdb_tables()", "select * from duckdb_views()",
    "select * from duckdb_columns()", "select * from duckdb_secrets()", "select * from duckdb_logs()", "select * from duckdb_databases()",
    "select * from duckdb_functions()", "select * from duckdb_memory()", "select * from duckdb_temporary_files()", "select * from pragma_table_info('hidden.vault')",
    "select * from pragma_storage_info('entity.entity_customers')", "select * from pragma_database_size()", "select * from pragma_metadata_info()",
    "table hidden.vault", "from hidden.vault", "from hidden.vault select word", "values ((select word from hidden.vault))",
    "select (select word from hidden.vault)", "select exists(from hidden.vault where word like 'S%') and 'LEAK' = 'LEAK'",
    "select * from {C} where account_name in (select word from hidden.vault)", "select * from {C} order by (select word from hidden.vault)",
    "select * from {C} limit (select length(word) from hidden.vault)", "select * from {C} group by all having (select count(*) from hidden.vault) > 0",
    "with v as (select * from hidden.vault) select * from v", "with recursive v as (select word from hidden.vault union all select word from v) select * from v",
    "with vault as (select 1 as word) select * from hidden.vault", "with \"hidden.vault\" as (select 1) select * from hidden.vault",
    "with loose as (select 1 as word) select * from (select * from main.loose)", "select * from (with loose as (select 1) select 1) a, loose",
    "select * from loose, (with loose as (select 1) select * from loose) b", "with a as (select * from b), b as (select 1) select * from a",
    "with loose as (select * from loose) select * from loose", "select 1 union all select word from hidden.vault", "select 1 except select 2 union select length(word) from main.loose",
    "select 1 intersect (select length(word) from hidden.vault)", "select * from {C} join hidden.vault on true", "select * from {C} c, lateral (select word from hidden.vault) v",
    "select * from {C} asof join hidden.vault v on v.word > account_name", "select * from {C} positional join hidden.vault", "select * from {C} semi join hidden.vault on true",
    "select max(word) over () from hidden.vault", "select sum(x) filter (where (select count(*) from hidden.vault) > 0) from (values (1)) t(x)",
    "select list_transform([1], lambda x: (select word from hidden.vault))", "select {{'a': (select word from hidden.vault)}}", "select [(select word from hidden.vault)]",
    "select * from {C} at (version => 1)", "select * from {C} at (timestamp => now())", "select * from hidden.vault tablesample 100%", "select * from only.hidden.vault",
    "select hidden.vault.word from {C}", "select * from \"entity.entity_all\"", "select * from entity . \"entity_all\"", "select * from e'hidden.vault'",
    "select * from hidden\u3000.\u3000vault", "select * from hidden\u00a0.vault", "select * from \uff48idden.vault", "select/**/*/**/from/**/hidden.vault",
    "select * from hidden.vault -- {C}", "select * from {C} /* */ union /* \n */ select null,word,null,null,null,null from hidden.vault",
    "(((select * from hidden.vault)))", "select * from ((hidden.vault))", "select * from (hidden.vault cross join {C})", "select * from $$hidden.vault$$",
]  # fmt: skip

# --- files, settings, the network, SQL out of a text
FUNCTIONS = [
    "select * from 'SECRETFILE'", "select * from \"SECRETFILE\"", "from 'SECRETFILE'", "select * from '/etc/passwd'", "select * from '*.csv'",
    "select * from 'https://example.org/x.parquet'", "select * from 's3://b/x.parquet'", "select * from ['SECRETFILE']",
    *(f"select * from {f}('SECRETFILE')" for f in (
        "read_csv", "read_csv_auto", "read_text", "read_blob", "read_json", "read_json_auto", "read_json_objects", "read_ndjson", "read_parquet",
        "parquet_scan", "parquet_metadata", "parquet_schema", "parquet_file_metadata", "parquet_kv_metadata", "sniff_csv", "glob", "read_duckdb",
        "read_single_csv_file", "seq_scan", "which_secret", "arrow_scan", "pandas_scan", "summary", "READ_TEXT", '"read_text"', "main.read_text",
        "system.main.read_text", "/**/read_text/**/",
    )),
    "select * from {C}, read_text('SECRETFILE')", "select * from {C} c, lateral read_text('SECRETFILE')", "select (select content from read_text('SECRETFILE'))",
    "with f as (from read_text('SECRETFILE')) from f", "select * from query('select * from hidden.vault')", "select * from query_table('hidden.vault')",
    "select * from query_table(['hidden.vault'])", "select * from json_execute_serialized_sql(json_serialize_sql('select * from hidden.vault'))",
    "select getenv('SECRET_OF_CASTLE')", "select \"getenv\"('SECRET_OF_CASTLE')", "select 'SECRET_OF_CASTLE'.getenv()", "select main.getenv('SECRET_OF_CASTLE')",
    "select system.main.getenv('SECRET_OF_CASTLE')", "select GetEnv ( 'SECRET_OF_CASTLE' )", "select list_transform(['SECRET_OF_CASTLE'], lambda x: getenv(x))",
    "select list_aggregate(['SECRET'], 'max')", "select current_setting('memory_limit')", "select current_query()", "select getvariable('x')",
    "select stats(account_name) from {C}", "select nextval('s')", "select setseed(0.5)", "select error('SECRET')", "select sleep_ms(1)", "select pg_sleep(1)",
    "select json_serialize_plan('select 1')", "select json_serialize_sql('select 1')", "select json_deserialize_sql('x')", "select write_log('x')",
    "select in_search_path('a', 'b')", "select current_schemas(true)", "select current_database()", "select txid_current()", "select pg_get_viewdef(1)",
    "select col_description(1, 1)", "select has_table_privilege('hidden.vault', 'x')", "select x.read_text() from (values ('SECRETFILE')) t(x)",
    "select ('SECRETFILE').read_text()", "select vector_type(account_name) from {C}", "select cast_to_type('1', 1)", "select unknown_function(1)",
    "select 1::hidden.vault", "select 'x'::unknown_type", "select $1", "select ?", "select $name", "select * from repeat_row(1, num_rows=2)",
    "select * from test_all_types()", "select * from enable_logging()", "select * from force_checkpoint()", "select * from python_secret_frame",
    "select repeat('x', 1000000000)", "select length(repeat('x', 999999999 + 1))", "select rpad('x', 2000000000, 'y')", "select len(range(1000000000))",
    "select list_transform(range(9999), lambda x: range(9999))", "select format('{{:1000000000}}', 1)", "select * from range(1000000000000) t(i) order by i desc",
    "select count(*) from range(1000000) a, range(1000000) b, range(1000000) c", "with recursive t as (select 1 as n union all select n + 1 from t) select max(n) from t",
    "select * from range(2000) t(i)",
]  # fmt: skip

# --- rows that a policy keeps: answered, but without them
ROWS = [
    "select * from {C}", "select account_name from {C}", "select t from {C} t", "select entity_customers from {C}", "select row(t.*) from {C} t", "select to_json(t) from {C} t",
    "select columns(*) from {C}", "select columns('account.*') from {C}", "select max(columns(*)) from {C}", "select * exclude (plan) from {C}",
    "select * replace (upper(account_name) as plan) from {C}", "select struct_pack(x := account_name) from {C}", "select list(account_name) from {C}",
    "select string_agg(account_name, ',') from {C}", "select histogram(account_name) from {C}", "select first(account_name order by account_id desc) from {C}",
    "select max_by(account_name, account_id) from {C}", "select mode(account_name) from {C} where account_id > 2", "select reverse(account_name) from {C}",
    "select hex(account_name) from {C}", "select to_base64(encode(account_name)) from {C}", "select base64(account_name::blob) from {C}",
    "select substr(account_name, 2) from {C}", "select a.account_name from {C} a, {C} b", "select b.account_name from {C} a right join {C} b on a.account_id = b.account_id + 100",
    "select b.* from {C} a full join {C} b using (account_id)", "select * from {C} where region = 'south'", "select * from {C} where region is null",
    "select * from {C} where true or region = 'south'", "select * from {C} where 1 = 1) or (1 = 1", "select * from {C} where region = 'north' or 1 = 1 --",
    "select * from {C} c where region in ('south') union all select * from {C}", "with entity_customers as (select * from {C}) select * from entity_customers",
    "with c as not materialized (select * from {C}) select * from c", "with c as materialized (select * from {C}) select * from c",
    "select * from (select * from (select * from {C}) a) b", "select (select max(account_name) from {C} where account_id = p.account_id) from {P} p",
    "select (select any_value(c.account_name) from {C} c where c.account_id = r.i) from range(10) r(i)", "select * from range(10) r(i), lateral (select account_name from {C} where account_id = r.i) l",
    "select account_name from {C} c where exists (select 1 from {P} p where p.account_id = c.account_id)", "select account_name from {C} qualify row_number() over (order by account_id desc) = 1",
    "select lag(account_name) over (order by account_id desc) from {C}", "select last_value(account_name) over (order by account_id rows between unbounded preceding and unbounded following) from {C}",
    "select * from {C} tablesample 100%", "select * from {C} using sample 5 rows", "select * from {C} order by account_id desc limit 1", "select * from {C} offset 2",
    'select "ACCOUNT_NAME" from "ENTITY"."ENTITY_CUSTOMERS"', "select entity.entity_customers.account_name from {C}", "select entity_customers.* from {C}",
    "from {C}", "from {C} select account_name", "table {C}", "select distinct on (plan) account_name from {C} order by plan, account_id desc", "select rowid from {C}",
    "select c.rowid, c.account_name from {C} c", "select * from {C} pivot (max(account_name) for plan in ('starter', 'enterprise'))", "select case when count(*) > 2 then 'LEAK' end from {C}",
    "select case when count(*) > 20 then 'LEAK' end from {P}", "select case when max(account_id) > 2 then 'LEAK' end from {C}", "select 'LEAK' from {C} where account_id = 3",
    "select payment_method from {P} order by payment_id", "select distinct payment_method from {P}", "select p.* from {P} p left join {C} c using (account_id) where c.account_id is null and 'LEAK' = 'LEAK' and p.account_id > 2",
    "select user_role from {U}", "select user_role from {U} where account_id is null", "select 'LEAK' from {U} where account_id is null", "select coalesce(user_role, 'x') from {U} u anti join {C} c using (account_id)",
    "select * from {C} c(a, b, region) where region = 'south'", "select region from (select account_name as region from {C})", "select unnest(list(account_name)) from {C}",
    "select map([account_id], [account_name]) from {C} where account_id > 2", "select listagg(account_name) within group (order by account_id) from {C}",
    "select grouping(account_name), account_name from {C} group by cube (account_name)", "select account_name from {C} group by all", "select {{'c': c}} from {C} c", "select [c] from {C} c",
    "with recursive r as (select account_id, account_name from {C} union select account_id + 1, account_name from r where account_id < 9) select * from r",
]  # fmt: skip

# --- columns that are masked: answered, but without their values
COLUMNS = [
    "select email from {U}", "select * from {U}", "select u from {U} u", "select to_json(u) from {U} u", "select row(u.*) from {U} u", "select columns('e.*') from {U}",
    "select lower(email) from {U}", "select email || '' from {U}", "select 'LEAK' from {U} where email like 'secret%'", "select 'LEAK' from {U} where starts_with(email, 'secret.ann')",
    "select 'LEAK' from {U} where email = 'secret.ann@secret.example'", "select 'LEAK' from {U} group by email having max(email) like 'secret%'", "select max(email), min(first_name) from {U}",
    "select string_agg(first_name, ',' order by first_name) from {U}", "select x.first_name from (select * from {U}) x", "with entity_users as (select * from {U}) select first_name from entity_users",
    "select * exclude (user_id) replace (first_name as email) from {U}", "select a.first_name from {U} a join {U} b on a.email = b.email", "select (select first_name from {U} where user_id = 10)",
    "select unnest([first_name]) from {U}", "select list_transform([first_name], lambda x: x) from {U}", "select first_name as user_role from {U}", "select entity.entity_users.first_name from {U}",
    "select born_on from {U}", "select year(born_on) from {U}", "select 'LEAK' from {U} where born_on = date '1987-06-05'", "select current_mrr_usd_minor from {C}",
    "select sum(current_mrr_usd_minor) from {C}", "select 'LEAK' from {C} where current_mrr_usd_minor = 987654321", "select avg(amount_usd_minor), max(amount_usd_minor) from {P}",
    "select amount_usd_minor from {P}", "select 'LEAK' from {P} where amount_usd_minor between 987654320 and 987654322", "select quantile_cont(amount_usd_minor, 0.5) from {P}",
    "select amount_usd_minor % 1000000 from {P}", "select cast(amount_usd_minor as varchar) from {P}", "select {{'a': amount_usd_minor}} from {P}", "select p from {P} p limit 1",
    "select first_name from {U} where region = 'south'", "select u.first_name, c.account_name from {U} u natural join {C} c", "select email from {U} union select first_name from {U}",
]  # fmt: skip

# --- errors that would tell: a cast, an overflow, a pattern of a value; must neither name it nor depend on kept rows
ERRORS = [
    "select cast(email as integer) from {U}", "select cast(first_name as date) from {U}", "select first_name::double from {U}", "select strptime(email, '%Y') from {U}",
    "select cast(account_name as integer) from {C}", "select account_name::timestamp from {C} where account_id > 2", "select cast(payment_method as integer) from {P}",
    "select regexp_matches('x', '(' || account_name) from {C}", "select cast(current_mrr_usd_minor as tinyint) from {C}", "select cast(amount_usd_minor as utinyint) from {P}",
    "select (select account_name from {C})", "select account_name + 1 from {C}", "select nonsense from {C}", "select nonsense.account_name from {C}",
    "select make_date(amount_usd_minor, 1, 1) from {P}", "select chr(amount_usd_minor::integer) from {P}", "select json(account_name) from {C}", "select json_extract(first_name, 'x') from {U}",
    "select account_name from {C} group by plan", "select sum(account_name) from {C}", "select factorial(cast(amount_usd_minor as integer)) from {P}",
    "select to_days(cast(amount_usd_minor as integer)) + timestamp '2026-01-01' from {P}", "select map([email, email], [1, 2]) from {U}",
]  # fmt: skip


def _named(group: str, queries: list[str], why: str) -> list[tuple[str, str, str]]:
    return [(f"{group} {i:03}", q.format(C=C, U=U, P=P, G=G), why) for i, q in enumerate(queries)]


MUST_BE_REFUSED = [
    *_named("statement", STATEMENTS, "something other than one SELECT"),
    *_named("table", TABLES, "a table that is not the asker's"),
    *_named("function", FUNCTIONS, "a file, a setting, another query, or a machine brought to its knees"),
]
MAY_BE_ANSWERED = [
    *_named("rows", ROWS, "rows of another region"),
    *_named("columns", COLUMNS, "a masked value"),
    *_named("errors", ERRORS, "an error that quotes a value"),
]
