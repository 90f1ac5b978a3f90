WITH unresolved AS (
    SELECT count(*) AS n
    FROM worklist_divisions AS w
),
accepted AS (
    SELECT count(*) AS n
    FROM dim_report AS d
    WHERE d.status = 'accepted'
)
SELECT 'reports' AS scope, u.n AS value, u.n + a.n AS whole
FROM unresolved AS u
CROSS JOIN accepted AS a
WHERE u.n + a.n > 0
