-- A county's page does not give a township's figures: only reports with a unit and a year are checked.
SELECT
    f.township_code, f.report_year, f.metric_code, f.value, f.unit, f.fact_id,
    coalesce(own.most, usual.most) AS most
FROM fact_indicator AS f
LEFT JOIN ceiling AS own ON own.metric_code = f.metric_code
LEFT JOIN ceiling AS usual ON usual.unit = f.unit
WHERE
    f.value > coalesce(own.most, usual.most) AND f.unit <> '%'
    AND f.township_code IS NOT NULL AND f.report_year IS NOT NULL
