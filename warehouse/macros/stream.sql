-- Tables made of the device stream are built by windows of received days. A build takes the
-- messages that were loaded since the table's newest `loaded_at` (in a full refresh: all that are
-- retained). The window begins with the earliest day on which one of them was received. Rows of
-- the window are made anew from everything received in it: nothing that counts there was
-- received before, since no event happens after it was received. Rows of earlier days get what
-- came late added, from the new messages alone. A long window is worked through in slices of
-- received days (materialization `stream`), so that a slice bounds the memory.
--
-- stream_window() answers {after, from_day}: the newest load that the table holds and the window's
-- first day; from_day is '9999-12-31' when nothing is new.
{% macro stream_window() -%}
    {%- do ref("stg_telemetry__events") -%}
    {{ return(window_of(ref("stg_telemetry__events"), from_epoch("received_seconds"), "_loaded_at")) }}
{%- endmacro %}

-- The window of what was loaded into a relation since the model's newest `loaded_at`.
{% macro window_of(relation, received, loaded_at) -%}
    {%- set begin = "1970-01-01 00:00:00" -%}
    {%- if not execute -%} {{ return({"after": begin, "from_day": "1970-01-01"}) }} {%- endif -%}
    {%- set after = begin -%}
    {%- if stream_holds_rows() and not flags.FULL_REFRESH -%}
        {%- set newest = run_query("select " ~ newest_load()).rows[0][0] -%}
        {%- if newest is not none -%} {%- set after = newest | string -%} {%- endif -%}
    {%- endif -%}
    {%- set first_day = "cast(min(" ~ received ~ ") as date)" -%}
    {#- A full refresh of a sealed table begins with the first day of which all is retained: what came late of a
        day before it may be there still, and alone. Earlier days stay as they are. -#}
    {%- set anew = stream_holds_rows() and flags.FULL_REFRESH -%}
    {%- if anew -%} {%- set first_day = "cast(min(" ~ loaded_at ~ ") - interval '1' day as date)" -%} {%- endif -%}
    {%- set first = run_query(
        "select " ~ first_day ~ " as first_day from " ~ relation ~ " where " ~ loaded_at ~ " > timestamp '" ~ after ~ "'"
    ).rows[0][0] -%}
    {%- if anew -%} {%- set after = "9999-12-31 00:00:00" -%} {%- endif -%}
    {{ return({"after": after, "from_day": (first | string) if first is not none else "9999-12-31"}) }}
{%- endmacro %}

-- Whether the model's table is there already and stays: then a build adds to it.
{% macro stream_holds_rows() -%}
    {%- if not execute -%} {{ return(false) }} {%- endif -%}
    {%- set held = adapter.get_relation(this.database, this.schema, this.table) -%}
    {{ return(held is not none and held.type == "table" and not should_full_refresh()) }}
{%- endmacro %}

-- What the SQL of a `stream` model says of the slice at hand: marks that the materialization fills in.
-- from_day, to_day: the slice's received days, the end not included (from_seconds, to_seconds: in epoch
-- seconds). window_day, window_seconds: where the build's window begins. after: the newest load that the
-- table held before the build.
{% macro stream_slice() -%}
    {%- set slice = {} -%}
    {%- for name in ["from_day", "to_day", "from_seconds", "to_seconds", "window_day", "window_seconds", "after"] -%}
        {%- do slice.update({name: "__" ~ name ~ "__"}) -%}
    {%- endfor -%}
    {{ return(slice) }}
{%- endmacro %}

-- The condition of the messages received in the slice. The first line lets whole files be passed
-- over: what was received on a day is loaded after it.
{% macro received_in(slice) -%}
    _loaded_at > timestamp '{{ slice.from_day }} 00:00:00'
    and received_seconds >= {{ slice.from_seconds }}
    and received_seconds < {{ slice.to_seconds }}
{%- endmacro %}

-- Of the messages received in the slice, those that count: for days of the window all, for earlier days the new ones.
-- Of these, a model that asks so gets the slice's own days and what came late for earlier ones one after the other.
{% macro counts_in(slice, loaded_at="_loaded_at") -%}
    (effective_seconds >= {{ slice.window_seconds }} or {{ loaded_at }} > timestamp '{{ slice.after }}')
    and __part__
{%- endmacro %}

-- What `__part__` stands for in a model's SQL: all of a slice, its own days, or earlier ones.
{% macro sql_of_part(slice_sql, slice, part) -%}
    {%- set conditions = {
        "all": "true",
        "own": "effective_seconds >= " ~ slice["__from_seconds__"],
        "late": "effective_seconds < " ~ slice["__from_seconds__"],
    } -%}
    {{ return(slice_sql | replace("__part__", conditions[part])) }}
{%- endmacro %}

-- The slices of a window, as values of the marks: 30 received days each, the last one open at its end.
{% macro stream_slices(window) -%}
    {%- set slices = [] -%}
    {%- if window.from_day < "9999" -%}
        {%- set begin = modules.datetime.datetime.strptime(window.from_day, "%Y-%m-%d") -%}
        {%- set ends = run_query("select simulated_now from raw._clock").rows[0][0] -%}
        {%- set count = [((ends - begin).days + 29) // 30, 1] | max -%}
        {%- for number in range(count) -%}
            {%- set from_at = begin + modules.datetime.timedelta(days=30 * number) -%}
            {%- set to_at = from_at + modules.datetime.timedelta(days=30) -%}
            {%- set to_at = to_at if number + 1 < count else modules.datetime.datetime(9999, 12, 31) -%}
            {%- do slices.append(slice_marks(from_at, to_at, begin, window.after)) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(slices) }}
{%- endmacro %}

{% macro slice_marks(from_at, to_at, begin, after) -%}
    {%- set epoch = modules.datetime.datetime(1970, 1, 1) -%}
    {{ return({
        "__from_day__": from_at.strftime("%Y-%m-%d"),
        "__to_day__": to_at.strftime("%Y-%m-%d"),
        "__from_seconds__": (86400 * (from_at - epoch).days) | string,
        "__to_seconds__": (86400 * (to_at - epoch).days) | string,
        "__window_day__": begin.strftime("%Y-%m-%d"),
        "__window_seconds__": (86400 * (begin - epoch).days) | string,
        "__after__": after,
    }) }}
{%- endmacro %}

-- A model's SQL with a slice's values in the place of the marks.
{% macro sql_of_slice(model_sql, slice) -%}
    {%- set filled = namespace(sql=model_sql) -%}
    {%- for mark, value in slice.items() -%} {%- set filled.sql = filled.sql | replace(mark, value) -%} {%- endfor -%}
    {{ return(filled.sql) }}
{%- endmacro %}

-- Materialization `stream`: a table that grows by slices of received days. Rows from the slice's first
-- day on are put in. A row of an earlier day is merged into the one of its key (unique_key): columns of
-- meta.added are added up, those of meta.kept stay as they are. meta.grows_by names the column that
-- holds the day or hour, meta.window_from a macro that answers the window (stream_window unless told),
-- meta.none_earlier says that a slice tells nothing of earlier days. A first build, or a full refresh,
-- writes beside the table and takes its place at the end; a later one is one transaction: when it is
-- killed, the table is as it was.
{% materialization stream, adapter="duckdb" -%}
    {%- set target = this.incorporate(type="table") -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set anew = not stream_holds_rows() -%}
    {%- set table = make_intermediate_relation(target) if anew else target -%}
    {%- set window = context[config.get("meta").get("window_from", "stream_window")]() -%}
    {%- set slices = stream_slices(window) -%}
    {%- set never = modules.datetime.datetime(9999, 12, 31) -%}
    {%- set nothing = slice_marks(never, never, never, "9999-12-31 00:00:00") -%}
    {%- set shape = sql_of_part(sql_of_slice(sql, nothing), nothing, "all") -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {%- if anew -%}
        {%- do run_query(forget_touched(target)) -%}
        {%- do stream_begun(table, shape) -%}
    {%- else -%} {%- do stream_widened(table, shape) -%}
    {%- endif -%}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if not anew and slices -%}
        {%- do touch(table, "date '" ~ window.from_day ~ "'") -%}
        {% call statement("replaced") -%}
            delete from {{ table }} where {{ config.get("meta").grows_by }} >= timestamp '{{ window.from_day }} 00:00:00'
        {%- endcall %}
    {%- endif -%}
    {%- for slice in slices -%}
        {%- do stream_grown(table, sql_of_slice(sql, slice), slice, transaction=not anew) -%}
    {%- endfor -%}
    {% call statement("main") -%} select 1 {%- endcall %}
    {%- if anew -%}
        {%- if existing is not none -%} {%- do adapter.drop_relation(existing) -%} {%- endif -%}
        {%- do adapter.rename_relation(table, target) -%}
    {%- endif -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({"relations": [target]}) }}
{%- endmaterialization %}

-- An empty table of the model's columns: of its contract where it has one, else as the SQL answers.
{% macro stream_begun(table, shape) -%}
    {%- do run_query("drop table if exists " ~ table) -%}
    {%- if config.get("contract").enforced -%}
        {%- do run_query("create table " ~ table ~ " " ~ get_table_columns_and_constraints()) -%}
        {%- do get_assert_columns_equivalent(shape) -%}
    {%- else -%}
        {%- do run_query("create table " ~ table ~ " as select * from (" ~ shape ~ ") where false") -%}
    {%- endif -%}
{%- endmacro %}

-- Columns that the model has and its table has not yet.
{% macro stream_widened(table, shape) -%}
    {%- set wanted = table.incorporate(path={"identifier": table.identifier ~ "__shape"}) -%}
    {%- do run_query("drop table if exists " ~ wanted) -%}
    {%- do run_query("create table " ~ wanted ~ " as select * from (" ~ shape ~ ") where false") -%}
    {%- do process_schema_changes("append_new_columns", wanted, table) -%}
    {%- do run_query("drop table " ~ wanted) -%}
{%- endmacro %}

-- One slice: what it says of earlier days is merged into their rows, then all of its own days are put in. A model
-- that tells the two parts from the messages (`counts_in`) is asked for each: what comes late is little, and its own
-- days go straight in. Another one is gathered first: the engine would not push the question below its sums.
{% macro stream_grown(table, slice_sql, slice, transaction) -%}
    {%- set meta = config.get("meta") -%}
    {%- set time, keys = meta.grows_by, config.get("unique_key") | join(", ") -%}
    {%- set columns = get_quoted_csv(adapter.get_columns_in_relation(table) | map(attribute="name")) -%}
    {%- set begins_at = "timestamp '" ~ slice["__from_day__"] ~ " 00:00:00'" -%}
    {%- set into = "insert into " ~ table ~ " (" ~ columns ~ ") select " ~ columns ~ " from " -%}
    {%- set fresh, merged = "_" ~ table.identifier ~ "__fresh", "_" ~ table.identifier ~ "__merged" -%}
    {%- set in_parts = "__part__" in slice_sql -%}
    {%- set gathered = sql_of_part(slice_sql, slice, "late" if in_parts else "all") -%}
    {%- set own = "(" ~ sql_of_part(slice_sql, slice, "own") ~ ")" if in_parts else fresh -%}
    {%- set reached = time ~ " < " ~ begins_at ~ " and " ~ time ~ " >= (select min(" ~ time ~ ") from " ~ fresh ~ ")" -%}
    {%- set merging = [
        "create or replace temporary table " ~ merged ~ " as "
        ~ stream_merged(table, "(select * from " ~ fresh ~ " where " ~ time ~ " < " ~ begins_at ~ ")", reached),
        "delete from " ~ table ~ " where " ~ reached ~ " and (" ~ keys ~ ") in (select " ~ keys ~ " from " ~ merged ~ ")",
        into ~ merged,
        into ~ own ~ " where " ~ time ~ " >= " ~ begins_at,
        "drop table " ~ fresh,
        "drop table " ~ merged,
    ] -%}
    {%- set plain = [into ~ "(" ~ slice_sql ~ ") where " ~ time ~ " >= " ~ begins_at] -%}
    {%- if not meta.get("none_earlier") -%}
        {% call statement("slice") -%} create or replace temporary table {{ fresh }} as {{ gathered }} {%- endcall %}
        {%- do touch(table, "(select min(" ~ time ~ ") from " ~ fresh ~ ")") -%}
    {%- endif -%}
    {%- for command in (plain if meta.get("none_earlier") else merging) -%}
        {% call statement("slice") -%} {{ command }} {%- endcall %}
    {%- endfor -%}
    {#- A first build has many slices: in one transaction, putting them in and ending it took most of the time. -#}
    {%- if not transaction -%} {%- do adapter.commit() -%} {%- endif -%}
{%- endmacro %}

-- Rows of earlier days with what the table holds of them. The held rows are few: they are sought by an
-- inner join, so that the engine need not gather the whole history first.
{% macro stream_merged(table, earlier, reached) -%}
    {%- set meta, keys = config.get("meta"), config.get("unique_key") -%}
    {%- set merged, same = [], [] -%}
    {%- for key in keys -%} {%- do same.append("fresh." ~ key ~ " = held." ~ key) -%} {%- endfor -%}
    {%- for column in adapter.get_columns_in_relation(table) | map(attribute="name") -%}
        {%- if column in meta.get("added", []) -%}
            {%- do merged.append("fresh." ~ column ~ " + coalesce(held." ~ column ~ ", 0) as " ~ column) -%}
        {%- elif column in meta.get("kept", []) -%}
            {%- do merged.append("coalesce(held." ~ column ~ ", fresh." ~ column ~ ") as " ~ column) -%}
        {%- elif column == "loaded_at" -%}
            {%- do merged.append("greatest(fresh.loaded_at, coalesce(held.loaded_at, fresh.loaded_at)) as loaded_at") -%}
        {%- else -%} {%- do merged.append("fresh." ~ column) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(
        "with held as (select held.* from (select * from " ~ table ~ " where " ~ reached ~ ") as held inner join "
        ~ earlier ~ " as fresh on " ~ same | join(" and ") ~ ") select " ~ merged | join(", ") ~ " from " ~ earlier
        ~ " as fresh left join held on " ~ same | join(" and ")
    ) }}
{%- endmacro %}

-- Incremental strategy `window`, for tables that need no slices: rows from the window's first day on are
-- replaced; rows of earlier days are replaced key by key (unique_key). meta.grows_by and meta.window_from
-- are told as for `stream`.
{% macro get_incremental_window_sql(arg_dict) -%}
    {%- set target, fresh = arg_dict["target_relation"], arg_dict["temp_relation"] -%}
    {%- set columns = get_quoted_csv(arg_dict["dest_columns"] | map(attribute="name")) -%}
    {%- set meta, keys = config.get("meta"), arg_dict["unique_key"] -%}
    {%- set keys = [keys] if keys is string else keys -%}
    {%- set first = "(select min(" ~ meta.grows_by ~ ") from " ~ fresh ~ ")" -%}
    {%- set from_day = context[meta.get("window_from", "stream_window")]().from_day -%}
    {%- do touch(target, "least(date '" ~ from_day ~ "', " ~ first ~ ")") %}
    delete from {{ target }} where {{ meta.grows_by }} >= timestamp '{{ from_day }} 00:00:00';
    delete from {{ target }}
    where {{ meta.grows_by }} >= {{ first }}
        and ({{ keys | join(", ") }}) in (
            select {{ keys | join(", ") }} from {{ fresh }}
            where {{ meta.grows_by }} < timestamp '{{ from_day }} 00:00:00'
        );
    insert into {{ target }} ({{ columns }}) (select {{ columns }} from {{ fresh }});
{%- endmacro %}

-- The first day of which all raw events are retained.
{% macro first_day_of_events() -%}
    (
        select coalesce(cast(min(_loaded_at) - interval '1' day as date), date '1970-01-01')
        from {{ ref("stg_telemetry__events") }}
    )
{%- endmacro %}

-- The first day of which hours are made and kept: one whose raw events are all retained, and that is
-- wanted. Older hours are let go, older daily rows sealed.
{% macro first_day_of_hours() -%}
    (select greatest(hours_from_day, {{ first_day_of_events() }}) from raw._clock)
{%- endmacro %}

-- The window of fact_device_days: every day needs its rows, even one of which no message has come yet.
{% macro device_days_window() -%}
    {%- do ref("int_telemetry__days") -%}
    {%- set window = window_of(ref("int_telemetry__days"), "received_day", "loaded_at") -%}
    {%- if execute and stream_holds_rows() and not flags.FULL_REFRESH -%}
        {%- set next = run_query("select cast(max(day) + interval '1' day as date) from " ~ this).rows[0][0] -%}
        {%- if next is not none and (next | string) < window.from_day -%}
            {%- do window.update({"from_day": next | string}) -%}
        {%- endif -%}
    {%- elif execute -%}
        {%- set first = run_query("select " ~ first_day_simulated()).rows[0][0] -%}
        {%- if not stream_holds_rows() and (first | string) < window.from_day -%}
            {%- do window.update({"from_day": first | string}) -%}
        {%- endif -%}
    {%- endif -%}
    {{ return(window) }}
{%- endmacro %}

-- Seconds that two spans share; the second one open at its end when that is null.
{% macro shared_seconds(begins_at, ends_at, other_begins_at, other_ends_at) -%}
    greatest(
        0,
        {{ to_epoch("least(" ~ ends_at ~ ", coalesce(" ~ other_ends_at ~ ", " ~ ends_at ~ "))") }}
        - {{ to_epoch("greatest(" ~ begins_at ~ ", " ~ other_begins_at ~ ")") }}
    )
{%- endmacro %}

-- The messages received in the slice that count, as a query: first sendings, and second ones whose first never
-- arrived. What a model does not read is not read from the files either.
{% macro counted_messages(slice) -%}
    {%- for relation, condition, is_first, loaded_at in [
        (ref("stg_telemetry__events"), "not is_redelivered and " ~ received_in(slice), "true", "_loaded_at"),
        (
            ref("int_telemetry__redelivered"),
            "is_counted and received_seconds >= " ~ slice.from_seconds ~ " and received_seconds < " ~ slice.to_seconds,
            "false",
            "loaded_at",
        ),
    ] %}
        select
            device_serial,
            received_seconds,
            effective_seconds,
            {{ is_first }} as is_first,
            event_type,
            flow_kind,
            beverage_id,
            cast(volume_ml as integer) as volume_ml,
            cast(temperature_dc as integer) as temperature_dc,
            cast(empty_seconds as integer) as empty_seconds,
            fault_kind,
            {{ loaded_at }} as loaded_at
        from {{ relation }}
        where {{ condition }}
        {{ "union all" if not loop.last }}
    {% endfor %}
{%- endmacro %}

-- What is counted and summed of messages, an expression by column. `definitions`: the seed device_definitions.
{% macro message_sums() -%}
    {%- set sums = {"pours": "count(case when flow_kind = 'serve' then 1 end)"} -%}
    {%- for flow in ["serve", "foam", "spill", "clean"] -%}
        {%- do sums.update({flow ~ "_ml": "sum(case when flow_kind = '" ~ flow ~ "' then volume_ml end)"}) -%}
    {%- endfor -%}
    {%- do sums.update({
        "leftover_ml": "sum(case when event_type = 'keg_change' then volume_ml end)",
        "readings": "count(temperature_dc)",
        "excursions": "count(case when temperature_dc < definitions.temperature_low_dc"
        ~ " or temperature_dc > definitions.temperature_high_dc then 1 end)",
        "temperature_sum_dc": "sum(temperature_dc)",
        "keg_changes": "count(case when event_type = 'keg_change' then 1 end)",
        "empty_seconds": "sum(empty_seconds)",
        "faults": "count(fault_kind)",
        "events": "count(*)",
    }) -%}
    {{ return(sums) }}
{%- endmacro %}

-- The window of int_telemetry__redelivered: in a full refresh, messages whose first sending may lie in
-- days that are no longer retained keep the judgement that was made when it was known.
{% macro copies_window() -%}
    {%- set window = stream_window() -%}
    {%- if execute and stream_holds_rows() and flags.FULL_REFRESH and window.from_day < "9999" -%}
        {%- set first = run_query("select " ~ first_day_simulated()).rows[0][0] | string -%}
        {%- if first < window.from_day -%}
            {%- set retained = modules.datetime.datetime.strptime(window.from_day, "%Y-%m-%d") -%}
            {%- set judged = retained + modules.datetime.timedelta(days=3) -%}
            {%- do window.update({"from_day": judged.strftime("%Y-%m-%d")}) -%}
        {%- endif -%}
    {%- endif -%}
    {{ return(window) }}
{%- endmacro %}
