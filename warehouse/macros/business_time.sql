-- Business seconds from the first Monday of 1970 to an instant, by the row of the seed
-- support_calendar (alias `calendar`) of its weekday: join it on weekday_of(instant).
{% macro weekday_of(instant) -%}
    (mod(date_diff('day', date '1970-01-05', cast({{ instant }} as date)), 7) + 1)
{%- endmacro %}

{% macro business_seconds_until(instant, calendar) -%}
    (
        cast(floor(date_diff('day', date '1970-01-05', cast({{ instant }} as date)) / 7.0) as bigint)
        * {{ calendar }}.week_seconds
        + {{ calendar }}.seconds_before
        + least(
            greatest({{ second_of_day(instant) }} - {{ calendar }}.opens_second, 0),
            {{ calendar }}.closes_second - {{ calendar }}.opens_second
        )
    )
{%- endmacro %}

{% macro second_of_day(instant) -%}
    (
        cast(extract(hour from {{ instant }}) as bigint) * 3600
        + cast(extract(minute from {{ instant }}) as bigint) * 60
        + cast(floor(extract(second from {{ instant }})) as bigint)
    )
{%- endmacro %}
