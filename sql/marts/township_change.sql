-- The change on the year before, for each figure that a unit states in both years.
SELECT
    m.township_code,
    m.report_year,
    m.metric_code,
    m.is_headline,
    m.value,
    p.value AS previous_value,
    m.value - p.value AS change,
    (m.value - p.value) / nullif(p.value, 0) AS change_share,
    m.unit,
    -- Two rounded figures, or two that were put together in different ways, may differ for that reason alone.
    m.qualifier = 'exact' AND p.qualifier = 'exact' AND NOT m.has_conflict AND NOT p.has_conflict AS is_exact
FROM township_metric AS m
INNER JOIN township_metric AS p
    ON p.township_code = m.township_code AND p.metric_code = m.metric_code AND p.report_year = m.report_year - 1
ORDER BY m.township_code, m.report_year, m.metric_code
