-- A row is an accepted canonical report. `report` and `unit_year` are whole numbers for the report and for its unit and
-- year. The steps behind this one join and group by them, which is three times as fast as by the codes.
SELECT
    r.report_id,
    r.township_code,
    r.report_year,
    r.doc_family = 'annual' AS is_annual,
    row_number() OVER (ORDER BY r.report_id)::INTEGER AS report,
    dense_rank() OVER (ORDER BY r.township_code, r.report_year)::INTEGER AS unit_year
FROM dim_report AS r
WHERE r.status = 'accepted' AND r.is_canonical
