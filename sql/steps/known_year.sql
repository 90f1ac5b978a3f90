-- A row is a document and the year that it reports on. A year later than the present one cannot be right: it is `late_year`,
-- and `report_year` is null. Only here the present year is asked for, so that on 1 January the texts are not identified again.
SELECT
    i.report_id,
    CASE WHEN y.is_late THEN NULL ELSE i.report_year END AS report_year,
    CASE WHEN y.is_late THEN i.report_year END AS late_year
FROM stage_identities AS i
CROSS JOIN LATERAL (
    SELECT coalesce(i.report_year > getvariable('present_year')::INTEGER, FALSE)
) AS y (is_late)
