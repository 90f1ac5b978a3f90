SELECT
    coalesce(n.unit_raw, '') AS unit_raw, count(*) AS numbers, count(DISTINCT n.report_id) AS reports,
    min(n.report_id || ':' || n.char_start) AS first_of_them
FROM number_mention AS n
WHERE n.disposition = 'unclassified'
GROUP BY coalesce(n.unit_raw, '')
