-- A row is the figure of an option of a target, brought together from its scopes.
--   Parts of figures of the same headline and parts that add up to a figure (implied_part) are set aside.
--   Rates: an unscoped one counts alone. Others are averaged, weighted where each has its weight (dim_indicator.weight).
--   Maxima: the largest.
--   Sums: figures of different scopes add up. A scoped figure may lie in an unscoped one of its indicator, and any figure in
--   an unscoped one of an indicator that may include it; a zero lies in nothing. Then the sum is only the upper bound. The
--   lower bound is the larger of two sums: of the figures that can lie in no other, and of those that can include no other.
--   A scoped figure above an unscoped one of its indicator is a conflict.
WITH figure AS (
    SELECT
        o.unit_year, o.target, o.option, o.metric, o.kind, o.aggregation, o.scope, o.is_whole_year, o.value, o.value_low,
        o.value_high, o.facts, o.confidence, o.has_conflict, o.has_part, o.has_repeat, o.is_deduplicated, o.is_substitute,
        o.is_year_over_part, o.is_latest_moment, o.is_periods_summed, o.is_possible_total, o.n_needed, o.is_lower_bound,
        o.is_chosen, o.is_other_version, o.is_exceeded, m.includes,
        p.figure IS NOT NULL AS is_implied_part,
        o.value = 0 AND is_exact(o.value, o.value_low, o.value_high) AS is_zero,
        o.is_part
        OR o.aggregation = 'mean' AND o.scope <> '' AND bool_or(o.scope = '') OVER (PARTITION BY o.unit_year, o.target, o.option)
            AS is_part,
        w.value AS weight
    FROM option_figure AS o
    INNER JOIN numbered_metric AS m ON m.metric = o.metric
    LEFT JOIN implied_part AS p ON p.figure = o.facts[1].fact_id AND p.target = o.target AND p.option = o.option
    LEFT JOIN weight_figure AS w
        ON w.metric = m.weight AND w.unit_year = o.unit_year AND w.scope_group = o.scope_group
        AND w.last_month = o.last_month AND (w.kind = 'stock' OR w.first_month = o.first_month)
    WHERE o.n_figures > 1
),
option AS (
    SELECT
        f.unit_year, f.target, f.option,
        len(list_distinct(list(f.metric))) AS n_metrics,
        bool_or(f.is_part OR f.has_part) AS has_part,
        bool_or(f.has_repeat) AS has_repeat,
        bool_or(f.is_implied_part) AS has_implied_part,
        bool_or(f.is_exceeded) AS is_exceeded,
        list(f.metric) FILTER (WHERE NOT f.is_zero AND NOT f.is_part AND NOT f.is_implied_part) AS metrics,
        list(f.metric) FILTER (WHERE f.scope <> '' AND NOT f.is_zero AND NOT f.is_part AND NOT f.is_implied_part) AS scoped,
        list(f.metric) FILTER (WHERE f.scope = '' AND NOT f.is_part AND NOT f.is_implied_part) AS unscoped,
        flatten(list(f.includes) FILTER (WHERE f.scope = '' AND NOT f.is_part AND NOT f.is_implied_part)) AS included
    FROM figure AS f
    GROUP BY f.unit_year, f.target, f.option
),
related AS (
    SELECT
        f.unit_year, f.target, f.option, f.metric, f.kind, f.aggregation, f.is_whole_year, f.value, f.value_low, f.value_high,
        f.facts, f.confidence, f.is_deduplicated, f.is_substitute, f.is_year_over_part, f.is_latest_moment,
        f.is_periods_summed, f.is_possible_total, f.n_needed, f.is_lower_bound, f.is_chosen, f.is_other_version, f.weight,
        f.has_conflict
        OR f.aggregation = 'sum'
        AND coalesce(
            f.scope <> ''
            AND f.value_low > min(f.value_high) FILTER (WHERE f.scope = '') OVER (
                PARTITION BY f.unit_year, f.target, f.option, f.metric
            ),
            FALSE
        ) AS has_conflict,
        o.n_metrics, o.has_part, o.has_repeat, o.has_implied_part, o.is_exceeded,
        -- A list without an entry is null.
        coalesce(
            NOT f.is_zero AND (f.scope <> '' AND list_contains(o.unscoped, f.metric) OR list_contains(o.included, f.metric)), FALSE
        ) AS may_lie_in_another,
        coalesce(f.scope = '' AND (list_contains(o.scoped, f.metric) OR list_has_any(f.includes, o.metrics)), FALSE)
            AS may_include_another
    FROM figure AS f
    INNER JOIN option AS o ON o.unit_year = f.unit_year AND o.target = f.target AND o.option = f.option
    WHERE NOT f.is_part AND NOT f.is_implied_part
),
resolved AS (
    SELECT
        r.unit_year, r.target, r.option, min(r.aggregation) AS aggregation, max(r.n_metrics) AS n_metrics,
        max(r.n_needed) AS n_needed, bool_or(r.is_lower_bound) AS is_lower_bound, min(r.metric) AS metric,
        count(*) AS n_figures,
        bool_and(r.is_whole_year) AS is_whole_year,
        count(r.weight) = count(*) AND count(*) > 1 AS is_weighted,
        sum(r.value) AS total, sum(r.value_low) AS total_low, combined_bound('sum', r.value_high) AS total_high,
        coalesce(sum(r.value) FILTER (WHERE NOT r.may_lie_in_another), 0) AS roots,
        coalesce(sum(r.value) FILTER (WHERE NOT r.may_include_another), 0) AS leaves,
        coalesce(sum(r.value_low) FILTER (WHERE NOT r.may_lie_in_another), 0) AS roots_low,
        coalesce(sum(r.value_low) FILTER (WHERE NOT r.may_include_another), 0) AS leaves_low,
        bool_or(r.may_lie_in_another) AS has_containment,
        CASE WHEN count(r.value_low) = count(*) THEN min(r.value_low) END AS min_low,
        max(r.value) AS max_value, max(r.value_low) AS max_low, combined_bound('max', r.value_high) AS max_high, avg(r.value) AS mean,
        sum(r.value * r.weight) / sum(r.weight) AS weighted,
        combined_bound('sum', r.value_low * r.weight) / sum(r.weight) AS weighted_low,
        combined_bound('sum', r.value_high * r.weight) / sum(r.weight) AS weighted_high,
        list_sort(flatten(list(r.facts))) AS facts, min(r.confidence) AS confidence,
        bool_or(r.has_conflict OR r.is_exceeded) AS has_conflict, bool_or(r.has_part) AS has_part,
        bool_or(r.has_implied_part) AS has_implied_part, bool_or(r.is_deduplicated OR r.has_repeat) AS is_deduplicated,
        bool_or(r.is_substitute) AS is_substitute, bool_or(r.is_year_over_part) AS is_year_over_part,
        bool_or(r.is_latest_moment) AS is_latest_moment, bool_or(r.is_periods_summed) AS is_periods_summed,
        bool_or(r.is_possible_total) AS is_possible_total, bool_or(r.is_chosen) AS is_chosen,
        bool_or(r.is_other_version) AS is_other_version
    FROM related AS r
    GROUP BY r.unit_year, r.target, r.option
),
combined AS (
    SELECT
        r.unit_year, r.target, r.option, r.metric, r.aggregation, r.n_metrics, r.n_needed, r.is_lower_bound, r.n_figures,
        r.is_whole_year, r.is_weighted, r.facts, r.confidence, r.has_conflict, r.has_part, r.has_implied_part,
        r.is_deduplicated, r.is_substitute, r.is_year_over_part, r.is_latest_moment, r.is_periods_summed,
        r.is_possible_total, r.has_containment, r.is_chosen, r.is_other_version,
        CASE r.aggregation
            WHEN 'max' THEN r.max_value
            WHEN 'mean' THEN if(r.is_weighted, r.weighted, r.mean)
            ELSE if(r.has_containment, greatest(r.roots, r.leaves), r.total)
        END AS value,
        CASE r.aggregation
            WHEN 'max' THEN r.max_low
            WHEN 'mean' THEN if(r.is_weighted, r.weighted_low, r.min_low)
            ELSE if(r.has_containment, greatest(r.roots_low, r.leaves_low), r.total_low)
        END AS value_low,
        CASE r.aggregation
            WHEN 'max' THEN r.max_high
            WHEN 'mean' THEN if(r.is_weighted, r.weighted_high, r.max_high)
            ELSE r.total_high
        END AS value_high
    FROM resolved AS r
    UNION ALL
    -- Most options have one figure. It does not pass through the comparisons, which is faster.
    SELECT
        o.unit_year, o.target, o.option, o.metric, o.aggregation, 1, o.n_needed, o.is_lower_bound, 1, o.is_whole_year, FALSE,
        o.facts, o.confidence, o.has_conflict, o.has_part, FALSE, o.is_deduplicated OR o.has_repeat, o.is_substitute,
        o.is_year_over_part, o.is_latest_moment, o.is_periods_summed, o.is_possible_total, FALSE, o.is_chosen, o.is_other_version, o.value,
        o.value_low, o.value_high
    FROM option_figure AS o
    WHERE o.n_figures = 1 AND NOT o.is_part
)
SELECT
    c.unit_year, c.target, c.option, c.metric, c.aggregation, c.value, c.value_low,
    -- If the choice counts only some of what is meant, or one of two addends is missing, the upper bound is not known.
    CASE WHEN NOT c.is_lower_bound AND c.n_metrics >= c.n_needed THEN c.value_high END AS value_high,
    c.n_figures, c.is_lower_bound,
    c.n_metrics < c.n_needed AS is_incomplete,
    c.is_whole_year, c.is_weighted, c.facts, c.confidence, c.has_conflict, c.has_part, c.has_implied_part, c.is_deduplicated,
    c.is_substitute, c.is_year_over_part, c.is_latest_moment, c.is_periods_summed,
    c.is_possible_total
    OR c.has_containment AND c.aggregation = 'sum' AND NOT is_exact(c.value, c.value_low, c.value_high) AS is_possible_total,
    c.is_chosen, c.is_other_version
FROM combined AS c
