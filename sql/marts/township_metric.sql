-- How several facts become one figure. The rules are in sql/steps, each where it is applied:
--   canonical_fact    which facts of a unit and year can count;
--   target_candidate  which of them can count for an indicator or a headline;
--   restated_fact     parts, shorter periods and repeats in one report;
--   target_fact       which facts of a shared target count;
--   scope_figure      figures of one sentence, and of one scope in several sentences.
-- Here the figures of a target come together: different scopes (audiences, levels, occasions) add up, rates are averaged, a
-- maximum is taken. Most targets have a single fact. It does not pass through the comparisons, which is faster.
WITH left_out AS (
    SELECT
        s.unit_year, s.target, min(s.report) AS first_report, max(s.report) AS last_report,
        list_transform(list_sort(flatten(list(s.facts))), lambda f : f.fact_id) AS fact_ids,
        bool_or(s.set_aside = 'part') AS has_part,
        bool_or(s.set_aside = 'part_year') AS has_part_year,
        bool_or(s.set_aside = 'repeat') AS has_repeat
    FROM scope_figure AS s
    WHERE s.set_aside IS NOT NULL
    GROUP BY s.unit_year, s.target
),
resolved AS (
    SELECT
        s.unit_year, s.target, min(s.aggregation) AS aggregation, max(s.n_needed) AS n_needed,
        min(s.report) AS first_report, max(s.report) AS last_report,
        combined_value(min(s.aggregation), s.value) AS value,
        combined_bound(min(s.aggregation), s.value_low) AS value_low,
        combined_bound(min(s.aggregation), s.value_high) AS value_high,
        len(list_distinct(list(s.metric))) AS n_metrics,
        -- All facts of a target are of one choice, and a substitute choice has one metric.
        min(CASE WHEN s.is_substitute THEN s.metric END) AS substitute,
        list_transform(list_sort(flatten(list(s.facts))), lambda f : f.fact_id) AS fact_ids,
        min(s.confidence) AS confidence,
        bool_or(s.has_conflict) AS has_conflict,
        bool_or(s.is_restated) AS is_restated,
        bool_or(s.is_part_year) AS is_part_year
    FROM scope_figure AS s
    WHERE s.set_aside IS NULL
    GROUP BY s.unit_year, s.target
    UNION ALL
    SELECT
        c.unit_year, c.target, c.aggregation, c.n_needed, c.report, c.report, c.value, c.value_low, c.value_high, 1,
        CASE WHEN c.is_substitute THEN c.metric END,
        [c.fact_id], c.confidence, FALSE, FALSE, c.is_part_year
    FROM target_candidate AS c
    ANTI JOIN shared_target AS t ON t.unit_year = c.unit_year AND t.target = c.target
),
bounded AS (
    SELECT
        v.target, v.value, v.value_low, v.has_conflict, v.confidence,
        -- If only some of the people, or only one of two addends, are stated, the upper bound is unknown.
        CASE WHEN v.substitute IS NULL AND v.n_metrics >= v.n_needed THEN v.value_high END AS value_high,
        concat_ws(
            '+',
            'from_' || m.metric_code,
            CASE WHEN v.n_metrics < v.n_needed THEN 'incomplete' END,
            CASE WHEN v.is_part_year THEN 'part_of_year' END,
            CASE WHEN w.has_part THEN 'total_over_parts' END,
            CASE WHEN w.has_part_year THEN 'year_over_part' END,
            CASE WHEN w.has_repeat OR v.is_restated THEN 'deduplicated' END,
            CASE WHEN v.has_conflict THEN 'larger_of_conflict' END,
            CASE
                WHEN len(v.fact_ids) = 1 THEN NULL
                WHEN v.aggregation = 'mean' THEN 'averaged'
                WHEN v.aggregation = 'max' THEN 'maximum'
                ELSE 'summed'
            END
        ) AS steps,
        v.fact_ids, coalesce(w.fact_ids, []::VARCHAR[]) AS set_aside_fact_ids,
        least(v.first_report, w.first_report) AS first_report,
        greatest(v.last_report, w.last_report) AS last_report
    FROM resolved AS v
    LEFT JOIN left_out AS w ON w.unit_year = v.unit_year AND w.target = v.target
    LEFT JOIN numbered_metric AS m ON m.metric = v.substitute
)
SELECT
    f.township_code,
    f.report_year,
    m.metric_code,
    m.is_headline,
    b.value,
    m.unit,
    CASE
        WHEN b.value_low = b.value AND b.value_high = b.value THEN 'exact'
        WHEN b.value_low = b.value THEN 'at_least'
        WHEN b.value_high = b.value THEN 'at_most'
        ELSE 'approx'
    END AS qualifier,
    b.value_low,
    b.value_high,
    len(b.fact_ids)::INTEGER AS n_facts,
    CASE WHEN b.steps = '' THEN 'single' ELSE b.steps END AS method,
    b.fact_ids,
    b.set_aside_fact_ids,
    b.has_conflict,
    b.confidence,
    -- A unit and year have two canonical reports at most, an annual and an enforcement one.
    list_sort(list_distinct([f.report_id, l.report_id])) AS report_ids
FROM bounded AS b
INNER JOIN canonical_report AS f ON f.report = b.first_report
INNER JOIN canonical_report AS l ON l.report = b.last_report
INNER JOIN numbered_metric AS m ON m.metric = b.target
ORDER BY f.unit_year, m.metric
