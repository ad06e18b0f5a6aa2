-- A whole number that stands for a text: equal texts have equal numbers, and different ones hardly ever.
{% macro text_hash(column) -%}
    {{ return(adapter.dispatch('text_hash', 'tapflow')(column)) }}
{%- endmacro %}

{% macro default__text_hash(column) -%} from_big_endian_64(xxhash64(to_utf8({{ column }}))) {%- endmacro %}

{% macro duckdb__text_hash(column) -%} hash({{ column }}) {%- endmacro %}
