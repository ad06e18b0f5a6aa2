"""The functions that a query may call, by the engine's names: what is not named here is refused.

None reads a file, a setting, the catalog, statistics or the text of the query; none waits,
raises an error of its own making, runs SQL out of a text or changes a state.
"""

from __future__ import annotations

SCALAR = frozenset(
    """
    abs acos asin atan atan2 cbrt ceil ceiling cos cot degrees even exp factorial fdiv floor fmod gamma gcd
    greatest greatest_common_divisor isfinite isinf isnan lcm least least_common_multiple lgamma ln log log10 log2 mod
    pi pow power radians random round round_even sign signbit sin sqrt tan trunc xor
    bit_count bit_length
    ascii base64 char_length character_length chr concat concat_ws contains damerau_levenshtein editdist3 ends_with
    from_base64 from_hex hamming hash hex instr jaccard jaro_similarity jaro_winkler_similarity lcase left
    left_grapheme length length_grapheme levenshtein lower ltrim md5 mismatches nfc_normalize ord overlay position
    prefix regexp_escape regexp_extract regexp_extract_all regexp_full_match regexp_matches regexp_replace
    regexp_split_to_array regexp_split_to_table replace reverse right right_grapheme rtrim sha1 sha256 split split_part
    starts_with str_split str_split_regex string_split string_split_regex string_to_array strip_accents strlen strpos
    substr substring substring_grapheme suffix to_base64 to_hex translate trim ucase unhex unicode upper url_decode
    url_encode format_bytes
    age ago century current_date current_localtime current_localtimestamp current_time current_timestamp date_add
    date_diff date_part date_sub date_trunc datediff datepart datesub datetrunc day dayname dayofmonth dayofweek
    dayofyear days_in_month decade epoch epoch_ms epoch_ns epoch_us era extract get_current_time get_current_timestamp
    hour isodow isoyear julian last_day make_date make_time make_timestamp make_timestamp_ms make_timestamp_ns
    make_timestamptz microsecond millennium millisecond minute month monthname nanosecond now quarter second strftime
    strptime time_bucket timezone timezone_hour timezone_minute to_centuries to_days to_decades to_hours
    to_microseconds to_millennia to_milliseconds to_minutes to_months to_quarters to_seconds to_timestamp to_weeks
    to_years today transaction_timestamp try_strptime week weekday weekofyear year yearweek
    coalesce ifnull if iif nullif typeof pg_typeof
    cardinality element_at flatten len list_any_value list_append list_apply list_avg list_concat list_contains
    list_count list_distinct list_element list_extract list_filter list_first list_grade_up list_has list_has_all
    list_has_any list_indexof list_intersect list_last list_max list_median list_min list_mode list_pack list_position
    list_prepend list_product list_reduce list_reverse list_reverse_sort list_select list_slice list_sort
    list_stddev_pop list_stddev_samp list_sum list_transform list_unique list_value list_var_pop list_var_samp
    list_where list_zip array_append array_concat array_contains array_distinct array_extract array_filter array_has
    array_has_all array_has_any array_intersect array_length array_position array_prepend array_reverse
    array_reverse_sort array_slice array_sort array_to_string array_transform array_unique array_value
    map map_concat map_contains map_entries map_extract map_extract_value map_from_entries map_keys map_values
    row struct_concat struct_extract struct_extract_at struct_insert struct_keys struct_pack struct_values
    json json_array json_array_length json_contains json_exists json_extract json_extract_path json_extract_path_text
    json_extract_string json_keys json_merge_patch json_object json_quote json_structure json_type json_valid
    json_value row_to_json to_json array_to_json
    exists grouping grouping_id unnest repeat lpad rpad range generate_series format
    """.split()
)

AGGREGATE = frozenset(
    """
    any_value approx_count_distinct approx_quantile approx_top_k arbitrary arg_max arg_max_null arg_min arg_min_null
    argmax argmin array_agg avg bit_and bit_or bit_xor bool_and bool_or corr count count_if count_star countif
    covar_pop covar_samp entropy favg first fsum geomean geometric_mean group_concat histogram kahan_sum kurtosis
    kurtosis_pop last list listagg mad max max_by mean median min min_by mode product quantile quantile_cont
    quantile_disc regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy sem
    skewness stddev stddev_pop stddev_samp string_agg sum sumkahan sum_no_overflow var_pop var_samp variance wavg
    weighted_avg json_group_array json_group_object percentile_cont percentile_disc
    """.split()
)

WINDOW = frozenset(
    """
    cume_dist dense_rank fill first_value lag last_value lead nth_value ntile percent_rank rank rank_dense row_number
    """.split()
)

ALLOWED = SCALAR | AGGREGATE | WINDOW

# What may stand where a table stands.
TABLE_FUNCTIONS = frozenset({"unnest", "range", "generate_series"})

# What the engine's own reading calls an operator or a piece of syntax.
OPERATORS = frozenset(
    """
    + - * / // % ** ^ & | << >> ~ || = != <> < > <= >= ~~ !~~ ~~* !~~* ~~~ -> ->> @ @> <@ && ^@ !
    like_escape not_like_escape ilike_escape not_ilike_escape similar_to
    """.split()
)

# Functions whose answer is as large as an argument says -> where that argument stands.
GROWING = {"repeat": 1, "lpad": 1, "rpad": 1}
GROWING_LISTS = frozenset({"range", "generate_series"})
GREATEST_GROWTH = 10_000
