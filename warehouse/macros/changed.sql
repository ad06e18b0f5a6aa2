-- The earliest day of which something was loaded since this incremental model was last built, as
-- text YYYY-MM-DD: all days from it on are made again, so that late events find their day. With
-- nothing new it is a day after all. A literal, and not a subquery, lets engines skip files.
-- `relation` has _loaded_at; this model keeps loaded_at. Ask only where is_incremental(): in a full refresh, that is
-- for a model that is sealed where records have gone (full_refresh=false), and it is the first day all of which is there.
{% macro changed_since(relation, at) -%}
    {%- if flags.FULL_REFRESH -%} {{ return(first_day_retained(relation)) }} {%- endif -%}
    {%- set mark = loaded_through() -%}
    {%- set day = run_query(
        "select min(cast(" ~ at ~ " as date)) from " ~ relation ~ " where _loaded_at > timestamp '" ~ mark ~ "'"
    ).columns[0].values()[0] -%}
    {{ return((day | string) if day is not none else '9999-12-31') }}
{%- endmacro %}

-- The first day of which a relation holds all that was ever loaded, as text.
{% macro first_day_retained(relation) -%}
    {%- set day = run_query(
        "select cast(min(_loaded_at) - interval '1' day as date) from " ~ relation
    ).columns[0].values()[0] -%}
    {{ return((day | string) if day is not none else '9999-12-31') }}
{%- endmacro %}

-- The same as changed_since for a daily model above another incremental one, whose rows carry loaded_at and a day
-- column. It begins no later than the day after the newest one that this model has: days on which
-- nothing happened have rows, too.
{% macro changed_above(relation, day_column, own_day='day') -%}
    {%- set held = run_query(
        "select coalesce(" ~ newest_load() ~ ", timestamp '0001-01-01 00:00:00'), cast(max("
        ~ own_day ~ ") + interval '1' day as date) from " ~ this
    ).rows[0] -%}
    {%- set day = run_query(
        "select min(" ~ day_column ~ ") from " ~ relation ~ " where loaded_at > timestamp '" ~ held[0] ~ "'"
    ).columns[0].values()[0] -%}
    {%- set days = [held[1], day] | reject('none') | map('string') | list -%}
    {{ return((days | min) if days else '0001-01-01') }}
{%- endmacro %}

-- Days before the newest one that a daily model makes again, for what may come late. It must cover
-- the longest delay with which a source's day arrives.
{% macro late_days() -%} {{ return(10) }} {%- endmacro %}

-- The newest load of which this incremental model holds rows (those under a condition), as text: what a source
-- loaded later is new to it. A literal, as above. Ask only where is_incremental().
{% macro loaded_through(condition='true') -%}
    {{ return(
        run_query(
            "select coalesce(" ~ newest_load(condition) ~ ", timestamp '0001-01-01 00:00:00')"
        ).columns[0].values()[0] | string
    ) }}
{%- endmacro %}
