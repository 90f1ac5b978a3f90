SELECT d.report_year, count(*) AS reports, max(d.published_on)::VARCHAR AS last_published
FROM dim_report AS d
WHERE d.status = 'accepted'
GROUP BY d.report_year
