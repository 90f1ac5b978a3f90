WITH now AS (
    SELECT count(*) AS reports
    FROM dim_report AS d
    WHERE d.status = 'accepted'
),
last AS (
    SELECT sum(l.reports)::BIGINT AS reports
    FROM last_coverage AS l
)
SELECT 'all years' AS scope, greatest(last.reports - now.reports, 0) AS value, last.reports AS whole
FROM last
CROSS JOIN now
WHERE last.reports > 0
