-- A row is a unit, year and target with the option that is taken: of an indicator the chosen source, of a headline a complete
-- choice that covers the year before others, then the first. If another choice proves more, it is taken as a lower bound. It
-- is a conflict if the first one excludes that.
-- A choice of a headline whose facts are all ties is no choice: a tie may confirm a headline and never decides it alone. But
-- a tie of indicators that all count for the headline is as good as any fact.
--   n_versions_disagree  sources that are not chosen and whose own figure does not meet this one.
WITH tied AS (
    SELECT t.unit_year, t.target, t.option, unnest(t.facts).fact_id AS fact_id
    FROM target_figure AS t
    INNER JOIN numbered_metric AS m ON m.metric = t.target
    WHERE m.is_headline AND is_tied(t.facts)
),
headline AS (
    SELECT m.metric AS target, list(h.metric_code) AS metric_codes
    FROM dim_headline AS h
    INNER JOIN numbered_metric AS m ON m.metric_code = h.headline
    GROUP BY m.metric
),
undecided AS (
    SELECT t.unit_year, t.target, t.option
    FROM tied AS t
    INNER JOIN headline AS h ON h.target = t.target
    INNER JOIN fact_indicator AS f ON f.fact_id = t.fact_id
    GROUP BY t.unit_year, t.target, t.option
    HAVING bool_and(len(f.tied_with) = 0 OR NOT list_has_all(h.metric_codes, f.tied_with))
),
ranked AS (
    SELECT
        t.unit_year, t.target, t.option, t.metric, t.aggregation, t.value, t.value_low, t.value_high, t.n_figures,
        t.is_lower_bound, t.is_incomplete, t.is_whole_year, t.is_weighted, t.facts, t.confidence, t.has_conflict, t.has_part,
        t.has_implied_part, t.is_deduplicated, t.is_substitute, t.is_year_over_part, t.is_latest_moment, t.is_periods_summed,
        t.is_possible_total, t.is_chosen, t.is_other_version,
        row_number() OVER (
            PARTITION BY t.unit_year, t.target
            ORDER BY
                t.is_chosen DESC, (t.is_whole_year AND NOT t.is_incomplete AND NOT t.is_lower_bound) DESC, t.option
        ) AS place
    FROM target_figure AS t
    ANTI JOIN undecided AS u ON u.unit_year = t.unit_year AND u.target = t.target AND u.option = t.option
),
other AS (
    SELECT
        o.unit_year, o.target,
        arg_max(o.option, o.value_low) FILTER (WHERE o.is_chosen AND o.value_low > c.value) AS option,
        max(o.value_low) FILTER (WHERE o.is_chosen AND o.value_low > c.value) > any_value(c.value_high) AS is_excluded,
        count(*) FILTER (
            WHERE NOT o.is_chosen AND (o.value_low > c.value_high OR c.value_low > o.value_high)
        ) AS n_disagree
    FROM ranked AS o
    INNER JOIN ranked AS c ON c.unit_year = o.unit_year AND c.target = o.target AND c.place = 1
    WHERE o.place > 1
    GROUP BY o.unit_year, o.target
),
component_disagrees AS (
    SELECT o.unit_year, t.metric AS target, h.choice, max(o.n_disagree) AS n_disagree
    FROM other AS o
    INNER JOIN numbered_metric AS m ON m.metric = o.target
    INNER JOIN dim_headline AS h ON h.metric_code = m.metric_code
    INNER JOIN numbered_metric AS t ON t.metric_code = h.headline
    GROUP BY o.unit_year, t.metric, h.choice
),
part AS (
    SELECT o.unit_year, o.target, bool_or(o.is_exceeded) AS is_exceeded
    FROM option_figure AS o
    WHERE o.is_part
    GROUP BY o.unit_year, o.target
)
SELECT
    c.unit_year, c.target, c.metric, c.aggregation, c.n_figures, c.is_incomplete, c.is_other_version, c.is_substitute,
    c.is_whole_year, c.is_weighted, c.has_implied_part, c.is_year_over_part, c.is_latest_moment, c.is_periods_summed,
    c.is_deduplicated, c.is_possible_total, c.is_lower_bound,
    c.has_part OR p.target IS NOT NULL AS has_part,
    CASE WHEN o.option IS NULL THEN c.value ELSE c.value_low END AS value,
    c.value_low,
    CASE WHEN o.option IS NULL THEN c.value_high END AS value_high,
    c.facts,
    c.confidence,
    c.has_conflict OR coalesce(p.is_exceeded, FALSE) OR coalesce(o.is_excluded, FALSE) AS has_conflict,
    coalesce(d.n_disagree, o.n_disagree, 0)::INTEGER AS n_versions_disagree
FROM ranked AS c
LEFT JOIN other AS o ON o.unit_year = c.unit_year AND o.target = c.target
LEFT JOIN component_disagrees AS d ON d.unit_year = c.unit_year AND d.target = c.target AND d.choice = c.option
LEFT JOIN part AS p ON p.unit_year = c.unit_year AND p.target = c.target
WHERE CASE WHEN o.option IS NULL THEN c.place = 1 ELSE c.is_chosen AND c.option = o.option END
