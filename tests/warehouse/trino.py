"""The functions of Trino that models may call, as far as they do the same in DuckDB."""

from __future__ import annotations

FUNCTIONS = frozenset(
    """
    abs approx_distinct any_value array_agg arbitrary asin atan avg bit_count bool_and bool_or ceil ceiling chr coalesce
    concat contains corr cos count count_if cume_dist current_date date_add date_diff date_trunc day day_of_month
    day_of_week day_of_year dense_rank exp first_value floor format greatest hour if lag last_day_of_month last_value
    lead least length levenshtein_distance ln log log10 log2 lower lpad ltrim max max_by min min_by minute mod month
    nth_value ntile nullif percent_rank pi position pow power quarter rank regexp_replace regexp_extract regexp_like
    repeat replace reverse round row_number rpad rtrim second sequence sign sin split_part sqrt starts_with stddev
    stddev_pop stddev_samp strpos substr substring sum tan translate trim trunc try_cast unnest upper var_pop var_samp
    variance week year cast extract exists in over values filter within as on using and or not when then else
    partition by order any all some
    """.split()
)
