-- How several facts become one figure. The rules and an example of each are in docs/figures.md. sql/steps applies them:
--   report_source, accepted_fact  the reports that count, and their facts with bounds and months in order;
--   part_fact, counted_fact       parts, repeats and substitutes are left out;
--   period_figure                 figures of the same thing in several sentences become one;
--   scope_figure                  the parts of a year, or the days of a stock, become one;
--   chosen_source                 one of several reports is chosen;
--   option_figure, implied_part   what can count for an indicator or a headline; parts of a total without 其中;
--   weight_figure, target_figure  different scopes become one, rates with their weights;
--   chosen_figure                 a choice of a headline is taken;
--   left_out_fact                 the facts that are not in the figure.
WITH previous_year AS (
    -- unit_year counts the years of a unit one after the other.
    SELECT DISTINCT r.unit_year
    FROM report_source AS r
    INNER JOIN report_source AS p
        ON p.unit_year = r.unit_year - 1 AND p.township_code = r.township_code AND p.report_year = r.report_year - 1
),
named AS (
    SELECT
        c.unit_year, c.target, c.value, c.value_low, c.value_high, c.has_conflict, c.confidence, c.n_versions_disagree,
        p.value AS previous_value,
        list_transform(c.facts, lambda f : f.fact_id) AS fact_ids,
        coalesce(w.fact_ids, []::VARCHAR[]) AS set_aside_fact_ids,
        list_sort(list_distinct(list_transform(c.facts, lambda f : f.report))) AS reports,
        concat_ws(
            '+',
            CASE WHEN c.is_lower_bound THEN 'from_' || m.metric_code END,
            CASE WHEN c.is_incomplete THEN 'incomplete' END,
            CASE WHEN c.is_other_version THEN 'other_version' END,
            CASE WHEN c.is_substitute THEN 'substitute' END,
            CASE WHEN NOT c.is_whole_year THEN 'part_of_year' END,
            CASE WHEN c.has_part THEN 'total_over_parts' END,
            CASE WHEN c.has_implied_part THEN 'total_of_parts' END,
            CASE WHEN c.is_year_over_part THEN 'year_over_part' END,
            CASE WHEN c.is_latest_moment THEN 'latest_moment' END,
            CASE WHEN c.is_periods_summed THEN 'periods_summed' END,
            CASE WHEN c.is_deduplicated THEN 'deduplicated' END,
            CASE WHEN c.has_conflict THEN 'larger_of_conflict' END,
            CASE WHEN c.is_possible_total THEN 'possible_total' END,
            CASE
                WHEN len(c.facts) = 1 THEN NULL
                WHEN c.is_weighted THEN 'weighted'
                WHEN c.aggregation = 'mean' THEN 'averaged'
                WHEN c.aggregation = 'max' THEN 'maximum'
                ELSE 'summed'
            END
        ) AS steps
    FROM chosen_figure AS c
    INNER JOIN numbered_metric AS m ON m.metric = c.metric
    LEFT JOIN previous_year AS y ON y.unit_year = c.unit_year
    LEFT JOIN chosen_figure AS p ON p.unit_year = y.unit_year - 1 AND p.target = c.target
    LEFT JOIN left_out_fact AS w ON w.unit_year = c.unit_year AND w.target = c.target
),
named_report AS (
    SELECT r.report, r.unit_year, r.township_code, r.report_year, r.report_id
    FROM report_source AS r
),
several AS (
    SELECT n.unit_year, n.target, list(s.report_id ORDER BY s.report) AS report_ids
    FROM named AS n
    INNER JOIN named_report AS s ON s.unit_year = n.unit_year AND list_contains(n.reports, s.report)
    WHERE len(n.reports) > 1
    GROUP BY n.unit_year, n.target
)
SELECT
    s.township_code,
    s.report_year,
    m.metric_code,
    m.is_headline,
    n.value,
    m.unit,
    CASE
        WHEN n.value_low = n.value AND n.value_high = n.value THEN 'exact'
        WHEN n.value_low = n.value THEN 'at_least'
        WHEN n.value_high = n.value THEN 'at_most'
        ELSE 'approx'
    END AS qualifier,
    n.value_low,
    n.value_high,
    len(n.fact_ids)::INTEGER AS n_facts,
    CASE WHEN n.steps = '' THEN 'single' ELSE n.steps END AS method,
    n.fact_ids,
    n.set_aside_fact_ids,
    n.has_conflict,
    n.n_versions_disagree,
    n.value >= 10 AND n.value % greatest(10, 10 ** (floor(log10(greatest(n.value, 10))) - 1)) = 0 AS is_rounded,
    n.value = n.previous_value AS equals_last_year,
    n.confidence,
    coalesce(v.report_ids, [s.report_id]) AS report_ids
FROM named AS n
INNER JOIN named_report AS s ON s.report = n.reports[1]
INNER JOIN numbered_metric AS m ON m.metric = n.target
LEFT JOIN several AS v ON v.unit_year = n.unit_year AND v.target = n.target
ORDER BY s.unit_year, m.metric
