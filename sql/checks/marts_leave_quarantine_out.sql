-- A rule by part finds the same whether or not it sees other provinces: a figure comes from reports of its own.
SELECT DISTINCT m.report_id
FROM (SELECT t.township_code, unnest(t.report_ids) AS report_id FROM township_metric AS t) AS m
WHERE NOT EXISTS (
    SELECT 1
    FROM dim_report AS d
    WHERE d.report_id = m.report_id AND left(d.township_code, 2) = left(m.township_code, 2) AND d.status = 'accepted'
)
