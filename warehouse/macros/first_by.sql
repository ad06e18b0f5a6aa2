-- An aggregate: the value of the row in which `ordering` is least, null if it is null there.
{% macro first_by(value, ordering) -%}
    {{ return(adapter.dispatch('first_by', 'tapflow')(value, ordering)) }}
{%- endmacro %}

{% macro default__first_by(value, ordering) -%} min_by({{ value }}, {{ ordering }}) {%- endmacro %}

{% macro duckdb__first_by(value, ordering) -%} arg_min_null({{ value }}, {{ ordering }}) {%- endmacro %}
