-- A model lives in the schema that its folder names (staging, intermediate, fact, entity, seed), unprefixed.
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ target.schema if custom_schema_name is none else custom_schema_name | trim }}
{%- endmacro %}
