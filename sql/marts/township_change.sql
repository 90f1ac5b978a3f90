-- The change on the year before, for each figure that a unit states in both years. In the first year after a merger or an
-- upgrade, the year before is that of the units that it was made of (successor_code), and of the unit itself if it existed
-- then. Each of them must state the figure, and several of them are compared only in what adds up. Any other comparison
-- would be of different ground.
WITH predecessor AS (
    SELECT
        s.successor_code AS township_code, s.township_code AS part_code, s.last_year + 1 AS report_year,
        coalesce(n.first_year < s.last_year + 1, TRUE) AS existed_before
    FROM township_succession AS s
    INNER JOIN township_succession AS n ON n.township_code = s.successor_code
),
part AS (
    SELECT p.township_code, p.report_year, p.part_code
    FROM predecessor AS p
    UNION
    SELECT p.township_code, p.report_year, p.township_code
    FROM predecessor AS p
    WHERE p.existed_before
),
ground AS (
    SELECT p.township_code, p.report_year, count(*) AS n_parts, list(p.part_code ORDER BY p.part_code) AS part_codes
    FROM part AS p
    GROUP BY p.township_code, p.report_year
),
joined AS (
    SELECT
        p.township_code, p.report_year, m.metric_code, sum(m.value) AS value, count(*) AS n_stating,
        bool_and(m.qualifier = 'exact' AND NOT m.has_conflict) AS is_exact
    FROM part AS p
    INNER JOIN township_metric AS m ON m.township_code = p.part_code AND m.report_year = p.report_year - 1
    GROUP BY p.township_code, p.report_year, m.metric_code
),
pair AS (
    SELECT
        m.township_code, m.report_year, m.metric_code, m.is_headline, m.value, m.unit, p.value AS previous_value,
        -- Two rounded figures, or two that were put together in different ways, may differ for that reason alone.
        m.qualifier = 'exact' AND p.qualifier = 'exact' AND NOT m.has_conflict AND NOT p.has_conflict AS is_exact,
        NULL::VARCHAR[] AS previous_codes
    FROM township_metric AS m
    INNER JOIN township_metric AS p
        ON p.township_code = m.township_code AND p.metric_code = m.metric_code AND p.report_year = m.report_year - 1
    ANTI JOIN ground AS g ON g.township_code = m.township_code AND g.report_year = m.report_year
    UNION ALL
    SELECT
        m.township_code, m.report_year, m.metric_code, m.is_headline, m.value, m.unit, j.value,
        m.qualifier = 'exact' AND NOT m.has_conflict AND j.is_exact,
        g.part_codes
    FROM township_metric AS m
    INNER JOIN ground AS g ON g.township_code = m.township_code AND g.report_year = m.report_year
    INNER JOIN joined AS j
        ON j.township_code = m.township_code AND j.report_year = m.report_year AND j.metric_code = m.metric_code
    INNER JOIN dim_indicator AS i ON i.metric_code = m.metric_code
    WHERE j.n_stating = g.n_parts AND (g.n_parts = 1 OR i.aggregation = 'sum')
)
SELECT
    c.township_code,
    c.report_year,
    c.metric_code,
    c.is_headline,
    c.value,
    c.previous_value,
    c.value - c.previous_value AS change,
    (c.value - c.previous_value) / nullif(c.previous_value, 0) AS change_share,
    c.unit,
    c.is_exact,
    c.previous_codes IS NOT NULL AS through_successor,
    c.previous_codes
FROM pair AS c
ORDER BY c.township_code, c.report_year, c.metric_code
