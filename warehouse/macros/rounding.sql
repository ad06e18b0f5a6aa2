-- numerator / denominator of whole numbers, rounded half to even, as a whole number. Exact while the
-- numerator stays below 2^53: a tie is then a tie in the double, and nothing else is.
{% macro divide_half_even(numerator, denominator) -%}
    {{ round_half_even('(cast(' ~ numerator ~ ' as double) / cast(' ~ denominator ~ ' as double))') }}
{%- endmacro %}

-- A double rounded half to even, as a whole number.
{% macro round_half_even(x) -%}
    cast(
        case
            when {{ x }} - floor({{ x }}) = 0.5 then 2 * floor((floor({{ x }}) + 1) / 2)
            else floor({{ x }} + 0.5)
        end as bigint
    )
{%- endmacro %}
