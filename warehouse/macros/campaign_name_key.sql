-- A campaign's name without what platforms put between its words: names of one campaign become equal.
{% macro campaign_name_key(column) -%}
    regexp_replace(lower({{ column }}), '[^a-z0-9]', ''{{ ", 'g'" if target.type == 'duckdb' else '' }})
{%- endmacro %}
