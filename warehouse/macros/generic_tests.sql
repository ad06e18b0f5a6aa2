-- The columns together are a key: never twice, and none of them null but those of `nullable`. Fails with the keys.
-- `grows_by`: the day by which the table grows, when it is of the key; days that were not touched are passed over.
{% test unique_combination(model, columns, nullable=[], grows_by=none) %}
    select {{ columns | join(', ') }}, count(*) as rows_of_key
    from {{ touched_rows(model, grows_by) }}
    group by {{ columns | join(', ') }}
    having count(*) > 1 {%- for column in columns if column not in nullable %} or {{ column }} is null {%- endfor %}
{% endtest %}

-- Where rows may take others back, each key counts once all told: `counted` sums to 1. Fails with the keys.
{% test counted_once(model, column_name, counted) %}
    select {{ column_name }}, sum({{ counted }}) as counted
    from {{ model }}
    group by {{ column_name }}
    having sum({{ counted }}) <> 1 or {{ column_name }} is null
{% endtest %}

-- A column holds no number below zero.
{% test not_negative(model, column_name) %}
    select {{ column_name }} from {{ model }} where {{ column_name }} < 0
{% endtest %}

-- A condition holds on every row (rows where it is null count as failing).
-- `grows_by`: the day by which the table grows; days that were not touched are passed over.
{% test holds(model, condition, grows_by=none) %}
    select * from {{ touched_rows(model, grows_by) }} where not coalesce({{ condition }}, false)
{% endtest %}

-- Type-2 history: per key, periods follow one another without gap or overlap, and one is current.
{% test continuous_history(model, key, valid_from='valid_from', valid_to='valid_to') %}
    select *
    from
        (
            select
                {{ key }},
                {{ valid_from }} as begins_at,
                {{ valid_to }} as ends_at,
                lead({{ valid_from }}) over (
                    partition by {{ key }} order by {{ valid_from }}
                ) as next_begins_at
            from {{ model }}
        )
    where
        (next_begins_at is not null and (ends_at is null or ends_at <> next_begins_at))
        or (ends_at is not null and ends_at <= begins_at)
{% endtest %}

-- The column is a key: never null, and no value twice. One test in the place of dbt's `not_null` and `unique`.
-- `grows_by`: the day by which the table grows. Of what was not touched, only rows of the same keys are looked at.
{% test key(model, column_name, grows_by=none) %}
    {%- set rows = touched_rows(model, grows_by) %}
    select {{ column_name }}, count(*) as rows_of_key
    from {{ whole(model) if grows_by else model }}
    {% if rows is string -%}
        where {{ column_name }} in (select {{ column_name }} from {{ rows }}) or {{ column_name }} is null
    {%- endif %}
    group by {{ column_name }}
    having count(*) > 1 or {{ column_name }} is null
{% endtest %}
