-- Old partitions of tables that grow lie in the lake alone once they are published (tapflow.warehouse.archive tells
-- more): the working table begins where they end, and the view archived.<table> reads them.

-- All rows of a model that grows, wherever they lie, as a relation to select from. Models and tests that look back
-- further than the newest weeks ask for it; a condition on the day by which the table grows passes over the rest.
{% macro whole(relation) -%}
    {%- if not execute or relation.is_cte -%} {{ return(relation) }} {%- endif -%}
    {%- set span = archived_span(relation, "0001-01-01") -%}
    {%- if span is none -%} {{ return(relation) }} {%- endif -%}
    {{ return(
        "(select * from " ~ relation ~ " union all by name select * from " ~ archived_rows(relation, span) ~ ")"
    ) }}
{%- endmacro %}

-- What of a table the lake alone holds of partitions that end after a day: {by_column, begins, ends}, or none.
{% macro archived_span(relation, day) -%}
    {%- set span = run_query(
        "select min(by_column), min(begins), max(ends) from raw._archived where relation = '"
        ~ relation.schema ~ "." ~ relation.identifier ~ "' and ends > date '" ~ day ~ "'"
    ).rows[0] -%}
    {%- if span[0] is none -%} {{ return(none) }} {%- endif -%}
    {{ return({"by_column": span[0], "begins": span[1] | string, "ends": span[2] | string}) }}
{%- endmacro %}

{% macro archived_rows(relation, span) -%}
    {{ return(
        "archived." ~ relation.identifier ~ " where " ~ span.by_column ~ " >= date '" ~ span.begins ~ "' and "
        ~ span.by_column ~ " < date '" ~ span.ends ~ "'"
    ) }}
{%- endmacro %}

-- Put the rows of partitions that end after a day back into a table: they are about to change.
{% macro bring_back(table, day) -%}
    {%- set span = archived_span(table, day) -%}
    {%- if span is not none -%}
        {% call statement("brought_back") -%}
            insert into {{ table }} by name select * from {{ archived_rows(table, span) }}
        {%- endcall %}
        {% call statement("noted") -%}
            delete from raw._archived
            where relation = '{{ table.schema }}.{{ table.identifier }}' and ends > date '{{ day }}'
        {%- endcall %}
    {%- endif -%}
{%- endmacro %}

-- A statement that lets go what of this model's table the lake alone holds of partitions that end by a day.
{% macro let_go_archived(table, day) -%}
    delete from raw._archived
    where relation = '{{ table.schema }}.{{ table.identifier }}' and ends <= {{ day }}
{%- endmacro %}

-- The newest load of which this model's table holds something (of rows under a condition; of what the lake alone holds,
-- anything), as an expression; null before there is any.
{% macro newest_load(condition="true") -%}
    (
        select max(newest_loaded_at)
        from
            (
                select max(loaded_at) as newest_loaded_at from {{ this }} where {{ condition }}
                union all
                select max(newest_loaded_at) from raw._archived
                where relation = '{{ this.schema }}.{{ this.identifier }}'
            )
    )
{%- endmacro %}
