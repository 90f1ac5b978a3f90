-- The ten largest are chosen before their facts are looked up: there can be many thousands.
WITH largest AS (
    SELECT l.*
    FROM leap AS l
    ORDER BY l.leap DESC, l.township_code, l.report_year, l.metric_code
    LIMIT 10
)
SELECT
    l.township_code, l.report_year, l.metric_code, l.previous_value, l.value, m.fact_ids[1] AS fact_id, l.leap
FROM largest AS l
INNER JOIN township_metric AS m
    ON m.township_code = l.township_code AND m.report_year = l.report_year AND m.metric_code = l.metric_code
