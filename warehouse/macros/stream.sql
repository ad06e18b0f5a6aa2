-- Tables made of the device stream are built by windows of received days. A build takes the
-- messages that were loaded since the table's newest `loaded_at` (in a full refresh: all that are
-- retained). The window begins with the earliest day on which one of them was received. Rows of
-- the window are made anew from everything received in it: nothing that counts there was
-- received before, since no event happens after it was received. Rows of earlier days get what
-- came late added, from the new messages alone.
--
-- stream_window() answers {after, from_day}: literals of the newest load that the table holds and of
-- the window's first day; from_day is '9999-12-31' when nothing is new.
{% macro stream_window() -%}
    {%- set begin = "1970-01-01 00:00:00" -%}
    {%- do ref("stg_telemetry__events") -%}
    {%- if not execute -%} {{ return({"after": begin, "from_day": "1970-01-01"}) }} {%- endif -%}
    {%- set after = begin -%}
    {%- if is_incremental() and not flags.FULL_REFRESH -%}
        {%- set newest = run_query("select max(loaded_at) as loaded_at from " ~ this).rows[0][0] -%}
        {%- if newest is not none -%} {%- set after = newest | string -%} {%- endif -%}
    {%- endif -%}
    {%- set first = run_query(
        "select cast(min(" ~ from_epoch("received_seconds") ~ ") as date) as first_day from "
        ~ ref("stg_telemetry__events") ~ " where _loaded_at > timestamp '" ~ after ~ "'"
    ).rows[0][0] -%}
    {#- A full refresh of a sealed table: days before the retained ones stay as they are. -#}
    {%- if is_incremental() and flags.FULL_REFRESH -%} {%- set after = "9999-12-31 00:00:00" -%} {%- endif -%}
    {{ return({"after": after, "from_day": (first | string) if first is not none else "9999-12-31"}) }}
{%- endmacro %}

-- The window's first instant, epoch seconds: an expression.
{% macro window_seconds(window) -%} {{ to_epoch("cast(date '" ~ window.from_day ~ "' as timestamp)") }} {%- endmacro %}

-- The condition of the messages that a build of the window reads: received in it, or new. The
-- first line lets whole files be passed over: what was received on a day is loaded after it.
{% macro in_window(window) -%}
    _loaded_at > timestamp '{{ window.from_day }} 00:00:00'
    and received_seconds >= {{ window_seconds(window) }}
{%- endmacro %}

-- Of the messages read, those that count: for days of the window all, for earlier days the new ones.
{% macro counts_in_window(window) -%}
    (effective_seconds >= {{ window_seconds(window) }} or _loaded_at > timestamp '{{ window.after }}')
{%- endmacro %}

-- Incremental strategy `window`: rows from the window's first day on are replaced; rows of earlier
-- days are replaced key by key (unique_key). meta.window_time names the column that holds the day
-- or hour, meta.window_from a macro that answers the window (stream_window unless told).
{% macro get_incremental_window_sql(arg_dict) -%}
    {%- set target, fresh = arg_dict["target_relation"], arg_dict["temp_relation"] -%}
    {%- set columns = get_quoted_csv(arg_dict["dest_columns"] | map(attribute="name")) -%}
    {%- set meta, keys = config.get("meta"), arg_dict["unique_key"] -%}
    {%- set keys = [keys] if keys is string else keys -%}
    {%- set first = "(select min(" ~ meta.window_time ~ ") from " ~ fresh ~ ")" -%}
    {%- set from_day = context[meta.get("window_from", "stream_window")]().from_day -%}
    delete from {{ target }} where {{ meta.window_time }} >= timestamp '{{ from_day }} 00:00:00';
    delete from {{ target }}
    where {{ meta.window_time }} >= {{ first }}
        and ({{ keys | join(", ") }}) in (
            select {{ keys | join(", ") }} from {{ fresh }}
            where {{ meta.window_time }} < timestamp '{{ from_day }} 00:00:00'
        );
    insert into {{ target }} ({{ columns }}) (select {{ columns }} from {{ fresh }});
{%- endmacro %}

-- The first day whose raw events are all retained: older hourly rows are let go, older daily rows sealed.
{% macro first_retained_day() -%}
    (
        select coalesce(cast(min(_loaded_at) - interval '1' day as date), date '1970-01-01')
        from {{ ref("stg_telemetry__events") }}
    )
{%- endmacro %}

-- The window of fact_device_days: every day needs its rows, even one of which no message has come yet.
{% macro device_days_window() -%}
    {%- set window = stream_window() -%}
    {%- if execute and is_incremental() and not flags.FULL_REFRESH -%}
        {%- set next = run_query("select cast(max(day) + interval '1' day as date) from " ~ this).rows[0][0] -%}
        {%- if next is not none and (next | string) < window.from_day -%}
            {%- do window.update({"from_day": next | string}) -%}
        {%- endif -%}
    {%- elif execute -%}
        {%- set first = run_query("select " ~ first_day_simulated()).rows[0][0] -%}
        {%- if not is_incremental() and (first | string) < window.from_day -%}
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

-- What the hourly table counts and sums of messages, by column.
{% macro hour_sums() -%}
    {{ return([
        "pours", "serve_ml", "foam_ml", "spill_ml", "clean_ml", "leftover_ml", "readings", "excursions",
        "temperature_sum_dc", "keg_changes", "empty_seconds", "faults", "events"
    ]) }}
{%- endmacro %}

{% macro hour_measures(allowed) -%}
    count(*) filter (where flow_kind = 'serve') as pours,
    coalesce(sum(cast(volume_ml as integer)) filter (where flow_kind = 'serve'), 0) as serve_ml,
    coalesce(sum(cast(volume_ml as integer)) filter (where flow_kind = 'foam'), 0) as foam_ml,
    coalesce(sum(cast(volume_ml as integer)) filter (where flow_kind = 'spill'), 0) as spill_ml,
    coalesce(sum(cast(volume_ml as integer)) filter (where flow_kind = 'clean'), 0) as clean_ml,
    coalesce(sum(cast(volume_ml as integer)) filter (where event_type = 'keg_change'), 0) as leftover_ml,
    count(temperature_dc) as readings,
    count(*) filter (
        where temperature_dc < {{ allowed.temperature_low_dc }} or temperature_dc > {{ allowed.temperature_high_dc }}
    ) as excursions,
    coalesce(sum(cast(temperature_dc as integer)), 0) as temperature_sum_dc,
    count(*) filter (where event_type = 'keg_change') as keg_changes,
    coalesce(sum(cast(empty_seconds as integer)), 0) as empty_seconds,
    count(fault_kind) as faults,
    count(*) as events
{%- endmacro %}

-- Sum the window's messages by device and hour, a month of received days at a time, into a table
-- of this run: a history summed in one go would not fit the memory. What was received on the day
-- on which it counts has its hour in one month alone (_hours_gathered); what came late is kept apart
-- (_hours_late), and so is what came by a second sending only.
{% macro gather_hours() -%}
    {%- if execute -%}
    {%- set window = stream_window() -%}
    {%- set gathered = "intermediate._hours_gathered" -%}
    {%- set messages = ref("stg_telemetry__events") -%}
    {%- set allowed = run_query("select * from " ~ ref("device_definitions")).rows[0] -%}
    {%- set hour = from_epoch("effective_seconds - effective_seconds % 3600") -%}
    {%- set late = "effective_seconds < received_seconds - received_seconds % 86400" -%}
    {%- set typed = [] -%}
    {%- for column in hour_sums() -%} {%- do typed.append("cast(null as integer) as " ~ column) -%} {%- endfor -%}
    {%- do run_query("drop table if exists " ~ gathered) -%}
    {%- do run_query(
        "create table " ~ gathered ~ " as select cast(null as bigint) as device_serial, cast(null as timestamp) as hour, "
        ~ "cast(null as boolean) as is_late, " ~ typed | join(", ") ~ ", cast(null as timestamp) as loaded_at where false"
    ) -%}
    {%- if window.from_day < "9999" -%}
    {%- set last = run_query("select max(_loaded_at) from " ~ messages).rows[0][0] -%}
    {%- set begin = modules.datetime.datetime.strptime(window.from_day, "%Y-%m-%d") -%}
    {%- for month in range(((last - begin).days) // 30 + 1) -%}
        {%- set from_at = begin + modules.datetime.timedelta(days=30 * month) -%}
        {%- set to_at = begin + modules.datetime.timedelta(days=30 * month + 30) -%}
        {%- do run_query(
            "insert into " ~ gathered ~ " select device_serial, " ~ hour ~ ", " ~ late ~ ", " ~ hour_measures(allowed)
            ~ ", max(_loaded_at) from " ~ messages ~ " where not is_redelivered and _loaded_at > timestamp '" ~ from_at
            ~ "' and received_seconds >= " ~ to_epoch("timestamp '" ~ from_at ~ "'") ~ " and received_seconds < "
            ~ to_epoch("timestamp '" ~ to_at ~ "'") ~ " and " ~ counts_in_window(window)
            ~ " group by device_serial, effective_seconds - effective_seconds % 3600, " ~ late
        ) -%}
    {%- endfor -%}
    {#- The few late hours get a table of their own, so that the engine knows how few they are. -#}
    {%- do run_query(
        "insert into " ~ gathered ~ " select device_serial, " ~ hour ~ ", true, " ~ hour_measures(allowed)
        ~ ", max(loaded_at) from " ~ ref("int_telemetry__redelivered") ~ " where is_counted and received_seconds >= "
        ~ window_seconds(window) ~ " and (effective_seconds >= " ~ window_seconds(window) ~ " or loaded_at > timestamp '"
        ~ window.after ~ "') group by device_serial, effective_seconds - effective_seconds % 3600"
    ) -%}
    {%- endif -%}
    {%- set summed = [] -%}
    {%- for column in hour_sums() -%} {%- do summed.append("sum(" ~ column ~ ") as " ~ column) -%} {%- endfor -%}
    {%- do run_query("drop table if exists intermediate._hours_late") -%}
    {%- do run_query(
        "create table intermediate._hours_late as select device_serial, hour, " ~ summed | join(", ")
        ~ ", max(loaded_at) as loaded_at from " ~ gathered ~ " where is_late group by device_serial, hour"
    ) -%}
    {%- do run_query("delete from " ~ gathered ~ " where is_late") -%}
    {%- endif -%}
{%- endmacro %}

-- The window of int_telemetry__redelivered: in a full refresh, messages whose first sending may lie in
-- days that are no longer retained keep the judgement that was made when it was known.
{% macro copies_window() -%}
    {%- set window = stream_window() -%}
    {%- if execute and is_incremental() and flags.FULL_REFRESH and window.from_day < "9999" -%}
        {%- set first = run_query("select " ~ first_day_simulated()).rows[0][0] | string -%}
        {%- if first < window.from_day -%}
            {%- set retained = modules.datetime.datetime.strptime(window.from_day, "%Y-%m-%d") -%}
            {%- set judged = retained + modules.datetime.timedelta(days=3) -%}
            {%- do window.update({"from_day": judged.strftime("%Y-%m-%d")}) -%}
        {%- endif -%}
    {%- endif -%}
    {{ return(window) }}
{%- endmacro %}
