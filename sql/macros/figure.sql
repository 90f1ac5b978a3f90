-- Combines several figures of one indicator by its aggregation (dim_indicator.aggregation).
CREATE TEMP MACRO combined_value(aggregation, figure) AS
    CASE aggregation WHEN 'mean' THEN avg(figure) WHEN 'max' THEN max(figure) ELSE sum(figure) END;

-- The same for a bound: if one bound is not known, the bound of the whole is not known.
CREATE TEMP MACRO combined_bound(aggregation, bound) AS
    CASE WHEN count(bound) = count(*) THEN combined_value(aggregation, bound) END;

-- The bounds of a fact: a bound that the extractor left open follows from the qualifier.
CREATE TEMP MACRO known_low(value, value_low, qualifier) AS
    coalesce(value_low, CASE WHEN qualifier IN ('exact', 'at_least') THEN value END);

CREATE TEMP MACRO known_high(value, value_high, qualifier) AS
    coalesce(value_high, CASE WHEN qualifier IN ('exact', 'at_most') THEN value END);

-- Whether a figure is known exactly.
CREATE TEMP MACRO is_exact(value, value_low, value_high) AS
    coalesce(value = value_low AND value = value_high, FALSE);

-- Whether a value lies outside its own bounds, or the bounds exclude each other.
CREATE TEMP MACRO do_bounds_contradict(value, value_low, value_high) AS
    coalesce(value_low > value OR value > value_high OR value_low > value_high, FALSE);

-- Whether a fact may be another indicator's: the words fit two equally well, and nobody has looked.
CREATE TEMP MACRO is_tie(read_as, corrected_by) AS read_as = 'tie' AND corrected_by IS NULL;

-- Whether all facts of a figure are ties.
CREATE TEMP MACRO is_tied(facts) AS len(list_filter(facts, lambda f : NOT f.is_tie)) = 0;

-- The figure of one indicator in a list that is ordered like the list of their codes; null if the code is not there.
CREATE TEMP MACRO stated(metric_code, codes, figures) AS figures[list_position(codes, metric_code)];
