-- One row a break: figures of one unit and year that cannot all be right. Only what the bounds prove is here: a figure that
-- is at least 20 breaks no rule, however large its part. Three kinds:
--   at_most  a part is larger than the whole (consistent_pair);
--   share    a count is not the share of the whole that the rate says (consistent_pair), where all three are exact. A rate
--            may be rounded or cut off after its last digit: 97 % stands for 96.5 up to below 98, and 97.5 % for 97.45 up
--            to below 97.6;
--   part     one report gives a part (其中) that is larger than its total.
WITH paired AS (
    SELECT p.metric_code FROM consistent_pair AS p
    UNION
    SELECT p.other_metric_code FROM consistent_pair AS p
    UNION
    SELECT p.rate_metric_code FROM consistent_pair AS p
),
figure AS MATERIALIZED (
    SELECT
        m.township_code, m.report_year, m.metric_code, m.value, m.unit, m.value_low, m.value_high, m.qualifier, m.fact_ids,
        m.report_ids[1] AS report_id
    FROM township_metric AS m
    SEMI JOIN paired AS p ON p.metric_code = m.metric_code
),
rate AS (
    SELECT
        r.township_code, r.report_year, r.metric_code, r.value, r.fact_ids,
        -- One in the last digit that is stated.
        CASE WHEN r.value = round(r.value) THEN 1 WHEN r.value = round(r.value, 1) THEN 0.1 ELSE 0.01 END AS step
    FROM figure AS r
    WHERE r.qualifier = 'exact'
),
total AS (
    SELECT f.fact_id, f.metric_code, f.value, f.unit, f.qualifier, f.value_high
    FROM fact_indicator AS f
    WHERE NOT f.implausible AND f.fact_id IN (SELECT s.subset_of FROM fact_indicator AS s WHERE s.role = 'subset')
),
part AS (
    SELECT
        f.fact_id, f.report_id, f.township_code, f.report_year, f.metric_code, f.value, f.unit,
        known_low(f.value, f.value_low, f.qualifier) AS value_low,
        known_high(f.value, f.value_high, f.qualifier) AS value_high,
        t.fact_id AS total_id, t.metric_code AS total_metric,
        known_high(t.value, t.value_high, t.qualifier) AS total_high
    FROM fact_indicator AS f
    INNER JOIN dim_report AS r ON r.report_id = f.report_id
    INNER JOIN total AS t ON t.fact_id = f.subset_of
    -- Trainings and the people trained are no parts of each other, whatever the sentence says.
    WHERE f.role = 'subset' AND NOT f.implausible AND r.status = 'accepted' AND (t.metric_code = f.metric_code OR t.unit = f.unit)
),
found AS (
    SELECT
        p.kind, m.township_code, m.report_year, m.metric_code, p.other_metric_code, p.rate_metric_code, m.value, m.unit,
        m.value_low, m.value_high, NULL::DOUBLE AS allowed_low, o.value_high AS allowed_high, m.report_id,
        list_concat(m.fact_ids, o.fact_ids) AS fact_ids
    FROM consistent_pair AS p
    INNER JOIN figure AS m ON m.metric_code = p.metric_code
    INNER JOIN figure AS o
        ON o.metric_code = p.other_metric_code AND o.township_code = m.township_code AND o.report_year = m.report_year
    WHERE p.kind = 'at_most'
    UNION ALL
    SELECT
        p.kind, m.township_code, m.report_year, m.metric_code, p.other_metric_code, p.rate_metric_code, m.value, m.unit,
        m.value_low, m.value_high, round(o.value * (r.value - r.step / 2) / 100, 6),
        round(o.value * least(r.value + r.step, 100) / 100, 6), m.report_id,
        list_concat(m.fact_ids, o.fact_ids, r.fact_ids)
    FROM consistent_pair AS p
    INNER JOIN figure AS m ON m.metric_code = p.metric_code AND m.qualifier = 'exact'
    INNER JOIN figure AS o
        ON o.metric_code = p.other_metric_code AND o.township_code = m.township_code AND o.report_year = m.report_year
        AND o.qualifier = 'exact'
    INNER JOIN rate AS r
        ON r.metric_code = p.rate_metric_code AND r.township_code = m.township_code AND r.report_year = m.report_year
    WHERE p.kind = 'share'
    UNION ALL
    SELECT
        'part', p.township_code, p.report_year, p.metric_code, p.total_metric, NULL, p.value, p.unit, p.value_low,
        p.value_high, NULL, p.total_high, p.report_id, [p.fact_id, p.total_id]
    FROM part AS p
)
SELECT
    f.kind || ':' || CASE
        WHEN f.kind = 'part' THEN f.fact_ids[1]
        ELSE concat_ws(':', f.township_code, f.report_year, f.metric_code, f.other_metric_code)
    END AS break_id,
    f.kind,
    f.township_code,
    f.report_year,
    f.metric_code,
    f.other_metric_code,
    f.rate_metric_code,
    f.value,
    f.unit,
    f.value_low,
    f.value_high,
    f.allowed_low,
    f.allowed_high,
    f.report_id,
    list_sort(list_distinct(f.fact_ids)) AS fact_ids
FROM found AS f
WHERE f.value_low > f.allowed_high OR f.value_high < f.allowed_low
-- What one report says as a part of a total needs no second break.
QUALIFY
    f.kind <> 'at_most'
    OR NOT bool_or(f.kind = 'part')
        OVER (PARTITION BY f.township_code, f.report_year, f.metric_code, f.other_metric_code)
ORDER BY f.township_code, f.report_year, break_id
