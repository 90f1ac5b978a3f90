-- A row is a figure of an indicator and one reason to doubt it: conflict, part_above_total, inconsistent, versions_disagree,
-- jump or outlier (see review_queue). `doubt` is how likely it is wrong, 0 to 100. township_metric, the largest mart, is read
-- once for four of them.
WITH jump AS (
    SELECT y.township_code, y.report_year, y.metric_code, y.previous_value
    FROM township_change AS y
    INNER JOIN dim_indicator AS i ON i.metric_code = y.metric_code
    WHERE
        y.is_exact AND i.kind <> 'rate' AND least(y.value, y.previous_value) > 0
        AND greatest(y.value, y.previous_value) >= 100
        AND greatest(y.value, y.previous_value) > 10 * least(y.value, y.previous_value)
),
figure AS MATERIALIZED (
    SELECT
        m.township_code, m.report_year, m.metric_code, m.value, m.unit, m.fact_ids, m.set_aside_fact_ids, m.n_versions_disagree,
        -- A single fact can conflict only with itself: bounds_contradict or period_backwards of review_queue.
        m.has_conflict AND m.n_facts + len(m.set_aside_fact_ids) > 1 AS has_conflict,
        m.report_ids[1] AS report_id, j.previous_value, u.median
    FROM township_metric AS m
    LEFT JOIN figure_outlier AS u
        ON u.township_code = m.township_code AND u.report_year = m.report_year AND u.metric_code = m.metric_code
    LEFT JOIN jump AS j
        ON j.township_code = m.township_code AND j.report_year = m.report_year AND j.metric_code = m.metric_code
    WHERE
        NOT m.is_headline
        AND (m.has_conflict OR m.n_versions_disagree > 0 OR u.median IS NOT NULL OR j.previous_value IS NOT NULL)
)
SELECT
    'conflict' AS kind, g.report_id || ':' || g.metric_code AS subject, g.report_id, g.township_code, g.report_year,
    g.metric_code, list_concat(g.fact_ids, g.set_aside_fact_ids) AS fact_ids,
    'one figure for the same thing; the larger, ' || g.value::VARCHAR || ', was kept' AS expected, 80.0 AS doubt
FROM figure AS g
WHERE g.has_conflict
UNION ALL
SELECT
    'versions_disagree', g.report_id || ':' || g.metric_code, g.report_id, g.township_code, g.report_year, g.metric_code,
    list_concat(g.fact_ids, g.set_aside_fact_ids),
    'one figure in all versions of the report; ' || g.value::VARCHAR || ' was kept, and ' || g.n_versions_disagree::VARCHAR
    || ' other versions state another figure',
    50.0
FROM figure AS g
WHERE g.n_versions_disagree > 0
UNION ALL
SELECT
    'outlier', g.report_id || ':' || g.metric_code, g.report_id, g.township_code, g.report_year,
    g.metric_code, g.fact_ids,
    'a figure near ' || g.median::VARCHAR || ' ' || coalesce(g.unit, '') || ', the median; ' || g.value::VARCHAR
    || ' was read: confirm or correct',
    10.0
FROM figure AS g
WHERE g.median IS NOT NULL
UNION ALL
SELECT
    'jump', g.report_id || ':' || g.metric_code, g.report_id, g.township_code, g.report_year,
    g.metric_code, g.fact_ids,
    'a figure near ' || g.previous_value::VARCHAR || ' ' || coalesce(g.unit, '') || ', that of the year before; '
    || g.value::VARCHAR || ' was read: confirm or correct',
    15.0
FROM figure AS g
WHERE g.previous_value IS NOT NULL
UNION ALL
SELECT
    CASE WHEN c.kind = 'part' THEN 'part_above_total' ELSE 'inconsistent' END,
    c.break_id, c.report_id, c.township_code, c.report_year, c.metric_code, c.fact_ids,
    c.metric_code || CASE
        WHEN c.allowed_low IS NULL
            THEN ' of at most ' || c.allowed_high::VARCHAR || ', because ' || c.other_metric_code || ' is the whole; '
        ELSE ' from ' || c.allowed_low::VARCHAR || ' to ' || c.allowed_high::VARCHAR || ', because it is '
            || c.rate_metric_code || ' of ' || c.other_metric_code || '; '
    END || c.value::VARCHAR || ' was read: confirm or correct',
    CASE WHEN c.kind = 'part' THEN 78.0 ELSE 75.0 END
FROM consistency AS c
