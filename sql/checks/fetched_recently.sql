SELECT d.source_id, max(d.fetched_at)::DATE::VARCHAR AS last_new, count(*) AS documents
FROM dim_report AS d
WHERE d.source_id IS NOT NULL
GROUP BY d.source_id
