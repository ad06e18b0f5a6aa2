-- What a build touched of tables that grow by days, so that the rest is neither tested nor digested again
-- (tapflow.warehouse.touched tells more). A table without a note counts as touched throughout.

-- To be called before this model's table changes from a day on (an expression; null: nothing does): that is noted, and
-- old rows that the lake alone holds are brought back first.
{% macro touch(table, from_day) -%}
    {%- set day = run_query("select cast(" ~ from_day ~ " as date)").rows[0][0] -%}
    {%- if day is not none -%}
        {% call statement("touched") -%}
            update raw._touched
            set from_day = least(from_day, date '{{ day }}')
            where relation = '{{ table.schema }}.{{ table.identifier }}'
        {%- endcall %}
        {%- do bring_back(table, day) -%}
    {%- endif -%}
{%- endmacro %}

-- A statement that takes the note away: anything of this model's table may have changed.
{% macro forget_touched(table) -%}
    delete from raw._touched where relation = '{{ table.schema }}.{{ table.identifier }}'
{%- endmacro %}

-- The rows of a model that a test must look at: those of days that were touched since they were last tested. `grows_by`
-- is the column by which the table grows, a day or an instant; none for a table that is made anew each time.
{% macro touched_rows(model, grows_by) -%}
    {%- if not execute or not grows_by -%} {{ return(model) }} {%- endif -%}
    {%- set notes = run_query(
        "select from_day from raw._touched where relation = '" ~ model.schema ~ "." ~ model.identifier ~ "'"
    ).rows -%}
    {%- if not notes -%} {{ return(whole(model)) }} {%- endif -%}
    {{ return("(select * from " ~ whole(model) ~ " where " ~ grows_by ~ " >= date '" ~ notes[0][0] ~ "' or " ~ grows_by ~ " is null)") }}
{%- endmacro %}

-- dbt's strategy delete+insert, with two changes. Rows of a key of several columns are found in the set of new keys:
-- joined with every new row, as dbt has it, they come once for each, which grows with the square. And a table that
-- grows by days (its key is the column by which it is published) notes the first day that was touched.
{% macro duckdb__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
    {%- set keys = [unique_key] if unique_key is string else unique_key -%}
    {%- set columns = get_quoted_csv(dest_columns | map(attribute="name")) -%}
    {%- if unique_key == config.get("meta", {}).get("grows_by") %}
    {%- do touch(target, "(select min(" ~ unique_key ~ ") from " ~ source ~ ")") %}
    {%- else %}
    {{ forget_touched(target) }};
    {%- endif %}
    delete from {{ target }}
    where ({{ keys | join(", ") }}) in (select distinct {{ keys | join(", ") }} from {{ source }});
    insert into {{ target }} ({{ columns }}) (select {{ columns }} from {{ source }})
{%- endmacro %}
