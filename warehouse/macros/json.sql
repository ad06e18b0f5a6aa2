-- JSON is read through these macros alone: engines differ in it more than in anything else.
-- `path` is dotted, with array positions in brackets: json_value('metadata', 'items[0].plan').
-- Keys that are no plain names (such as $current_url) need no quoting by the caller.
{% macro json_value(column, path) -%}
    {{ return(adapter.dispatch('json_value', 'tapflow')(column, path)) }}
{%- endmacro %}

{% macro json_path(path, open_quote, close_quote) -%}
    {%- set ns = namespace(text='$') -%}
    {%- for part in path.split('.') -%}
        {%- set name = part.split('[')[0] -%}
        {%- set positions = part[(name | length) :] -%}
        {%- if name and modules.re.match('^[A-Za-z_][A-Za-z0-9_]*$', name) -%}
            {%- set ns.text = ns.text ~ '.' ~ name -%}
        {%- elif name -%} {%- set ns.text = ns.text ~ open_quote ~ name ~ close_quote -%}
        {%- endif -%}
        {%- set ns.text = ns.text ~ positions -%}
    {%- endfor -%}
    {{ return(ns.text) }}
{%- endmacro %}

{% macro default__json_value(column, path) -%}
    json_extract_scalar({{ column }}, '{{ json_path(path, '["', '"]') }}')
{%- endmacro %}

{% macro duckdb__json_value(column, path) -%}
    json_extract_string({{ column }}, '{{ json_path(path, '."', '"') }}')
{%- endmacro %}

-- The elements of a JSON array, a row each: element (JSON text, read it with json_value) and
-- position (from 1). Use: from x cross join {{ json_elements('x.lines', 'data') }} as line(element, position)
-- An array at the top of the column has the path ''.
{% macro json_elements(column, path='') -%}
    {{ return(adapter.dispatch('json_elements', 'tapflow')(column, path)) }}
{%- endmacro %}

{% macro default__json_elements(column, path) -%}
    unnest(
        cast(json_extract({{ column }}, '{{ json_path(path, '["', '"]') }}') as array(json))
    ) with ordinality
{%- endmacro %}

{% macro duckdb__json_elements(column, path) -%}
    unnest(json_extract({{ column }}, '{{ json_path(path, '."', '"') }}[*]')) with ordinality
{%- endmacro %}
