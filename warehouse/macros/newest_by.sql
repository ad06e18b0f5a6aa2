-- The newest row of each key, as a subquery: from {{ newest_by(ref('x'), ['id'], ['updated_at', '_loaded_at']) }}
-- The columns are those of the relation and `newest_rank`, which is 1 throughout.
{% macro newest_by(relation, key, newest_first) -%}
    (
        select *
        from
            (
                select
                    *,
                    row_number() over (
                        partition by {{ key | join(', ') }}
                        order by {{ newest_first | join(' desc, ') }} desc
                    ) as newest_rank
                from {{ relation }}
            )
        where newest_rank = 1
    )
{%- endmacro %}
