-- A UTC timestamp from epoch seconds (whole numbers).
{% macro from_epoch(column) -%}
    {{ return(adapter.dispatch('from_epoch', 'tapflow')(column)) }}
{%- endmacro %}

{% macro default__from_epoch(column) -%}
    cast(from_unixtime({{ column }}) at time zone 'UTC' as timestamp(6))
{%- endmacro %}

{% macro duckdb__from_epoch(column) -%}
    make_timestamp(cast({{ column }} as bigint) * 1000000)
{%- endmacro %}

-- A UTC timestamp from epoch milliseconds (whole numbers).
{% macro from_epoch_ms(column) -%}
    {{ return(adapter.dispatch('from_epoch_ms', 'tapflow')(column)) }}
{%- endmacro %}

{% macro default__from_epoch_ms(column) -%}
    cast(from_unixtime_nanos({{ column }} * 1000000) at time zone 'UTC' as timestamp(6))
{%- endmacro %}

{% macro duckdb__from_epoch_ms(column) -%}
    make_timestamp(cast({{ column }} as bigint) * 1000)
{%- endmacro %}

-- A UTC timestamp from ISO 8601 text ("2026-03-01T10:00:00Z", with or without a zone or fraction).
{% macro from_iso(column) -%}
    {{ return(adapter.dispatch('from_iso', 'tapflow')(column)) }}
{%- endmacro %}

{% macro default__from_iso(column) -%}
    cast(from_iso8601_timestamp({{ column }}) at time zone 'UTC' as timestamp(6))
{%- endmacro %}

{% macro duckdb__from_iso(column) -%}
    cast(cast({{ column }} as timestamptz) at time zone 'UTC' as timestamp)
{%- endmacro %}

-- Epoch seconds of a UTC timestamp, as a whole number (fractions are cut).
{% macro to_epoch(column) -%}
    {{ return(adapter.dispatch('to_epoch', 'tapflow')(column)) }}
{%- endmacro %}

{% macro default__to_epoch(column) -%}
    cast(floor(to_unixtime({{ column }})) as bigint)
{%- endmacro %}

{% macro duckdb__to_epoch(column) -%} cast(floor(epoch({{ column }})) as bigint) {%- endmacro %}

-- The platform's clock: the first instant after the newest simulated day. A row of a table that
-- the builder writes, not a variable: a changed variable would make dbt parse everything anew.
{% macro simulated_now() -%} (select simulated_now from raw._clock) {%- endmacro %}

-- The newest simulated day, as a date.
{% macro last_day_simulated() -%} (select data_through_day from raw._clock) {%- endmacro %}

-- The day so many days before the newest simulated one, as a literal: engines skip files by it.
{% macro day_before_last(days) -%}
    {%- set day = "0001-01-01" -%}
    {%- if execute -%}
        {%- set day = run_query("select cast(" ~ last_day_simulated() ~ " - interval '" ~ days ~ "' day as date)").rows[0][0] -%}
    {%- endif -%}
    date '{{ day }}'
{%- endmacro %}

-- The first simulated day, as a date.
{% macro first_day_simulated() -%} (select first_day from raw._clock) {%- endmacro %}

-- One row per day from the first to the last simulated one: a table expression with column `day`.
{% macro simulated_days() -%}
    {{ return(adapter.dispatch('simulated_days', 'tapflow')()) }}
{%- endmacro %}

{% macro default__simulated_days() -%}
    (
        select d as day
        from raw._clock
        cross join unnest(sequence(first_day, data_through_day)) as days(d)
    )
{%- endmacro %}

{% macro duckdb__simulated_days() -%}
    (
        select cast(unnest(generate_series(first_day, data_through_day, interval '1' day)) as date) as day
        from raw._clock
    )
{%- endmacro %}

-- Source freshness is judged by the platform's clock: simulated days are as old as they are in
-- the simulation, whatever the wall clock says.
{% macro duckdb__collect_freshness(source, loaded_at_field, filter) -%}
    {% call statement('collect_freshness', fetch_result=True, auto_begin=False) -%}
        select
            max({{ loaded_at_field }}) as max_loaded_at,
            (select simulated_now from raw._clock) as snapshotted_at
        from {{ source }}
        {% if filter %} where {{ filter }} {% endif %}
    {%- endcall %}
    {{ return(load_result('collect_freshness')) }}
{%- endmacro %}
