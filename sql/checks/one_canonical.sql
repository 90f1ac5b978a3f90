SELECT concat_ws(' ', d.township_code, d.report_year, coalesce(d.doc_family, d.doc_type)) AS unit_year_family
FROM dim_report AS d
WHERE d.status = 'accepted'
GROUP BY d.township_code, d.report_year, coalesce(d.doc_family, d.doc_type)
HAVING count(*) FILTER (WHERE d.is_canonical) <> 1
