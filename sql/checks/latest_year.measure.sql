SELECT
    'years' AS scope,
    year(getvariable('today')) - max(d.report_year)
    - CASE WHEN month(getvariable('today')) >= getvariable('from_month') THEN 1 ELSE 2 END AS value,
    NULL AS whole
FROM dim_report AS d
WHERE d.status = 'accepted'
HAVING count(*) > 0
