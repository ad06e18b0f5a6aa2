-- A house's name as it is compared: lower case, without article, legal form and punctuation.
{% macro name_key(column) -%}
    trim(
        replace(
            replace(replace(replace(' ' || lower({{ column }}) || ' ', '.', ''), ' llc ', ' '), ' the ', ' '), ',', ''
        )
    )
{%- endmacro %}

-- A telephone number's digits.
{% macro digits(column) -%} replace(replace(replace({{ column }}, ' ', ''), '+', ''), '-', '') {%- endmacro %}
