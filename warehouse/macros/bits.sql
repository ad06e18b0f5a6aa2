-- Sets of features are whole numbers, a bit each: engines differ in how they join and count bits.
-- The union of sets over a group.
{% macro bits_union(column) -%}
    {{ return(adapter.dispatch('bits_union', 'tapflow')(column)) }}
{%- endmacro %}

{% macro default__bits_union(column) -%} bitwise_or_agg({{ column }}) {%- endmacro %}

{% macro duckdb__bits_union(column) -%} bit_or({{ column }}) {%- endmacro %}

-- How many are in a set.
{% macro bits_counted(column) -%}
    {{ return(adapter.dispatch('bits_counted', 'tapflow')(column)) }}
{%- endmacro %}

{% macro default__bits_counted(column) -%} bit_count({{ column }}, 64) {%- endmacro %}

{% macro duckdb__bits_counted(column) -%} cast(bit_count({{ column }}) as bigint) {%- endmacro %}

-- Whether a set holds a number.
{% macro bits_hold(column, number) -%}
    {{ return(adapter.dispatch('bits_hold', 'tapflow')(column, number)) }}
{%- endmacro %}

{% macro default__bits_hold(column, number) -%}
    bitwise_and({{ column }}, bitwise_left_shift(bigint '1', {{ number }})) <> 0
{%- endmacro %}

{% macro duckdb__bits_hold(column, number) -%}
    ({{ column }} & (cast(1 as bigint) << cast({{ number }} as integer))) <> 0
{%- endmacro %}

-- What two sets share.
{% macro bits_shared(one, other) -%}
    {{ return(adapter.dispatch('bits_shared', 'tapflow')(one, other)) }}
{%- endmacro %}

{% macro default__bits_shared(one, other) -%} bitwise_and({{ one }}, {{ other }}) {%- endmacro %}

{% macro duckdb__bits_shared(one, other) -%} ({{ one }} & {{ other }}) {%- endmacro %}
