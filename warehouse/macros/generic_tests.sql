-- The columns together are a key: never twice, and none of them null but those of `nullable`. Fails with the keys.
{% test unique_combination(model, columns, nullable=[]) %}
    select {{ columns | join(', ') }}, count(*) as rows_of_key
    from {{ model }}
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
{% test holds(model, condition) %}
    select * from {{ model }} where not coalesce({{ condition }}, false)
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
