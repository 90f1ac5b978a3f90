-- A county's page does not give a township's figures: only reports with a unit and a year are checked.
SELECT f.township_code, f.report_year, f.metric_code, f.value, f.unit, f.fact_id
FROM fact_indicator AS f
WHERE f.unit = '%' AND f.value > 100 AND f.township_code IS NOT NULL AND f.report_year IS NOT NULL
