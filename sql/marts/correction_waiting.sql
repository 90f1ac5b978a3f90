-- The lines of raw/corrections.csv that were not applied, with the unit and year of their report. `correction` has its own
-- township_code, which is the person's; review_queue is in parts by the unit of the report.
SELECT
    c.line,
    c.outcome,
    c.outcome_reason,
    c.report_id,
    r.township_code,
    r.report_year,
    c.metric_code,
    c.evidence,
    r.reason_code
FROM correction AS c
LEFT JOIN dim_report AS r ON r.report_id = c.report_id
WHERE c.outcome NOT IN ('applied', 'superseded')
ORDER BY c.line
