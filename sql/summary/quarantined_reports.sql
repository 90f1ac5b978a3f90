-- The quarantined reports by reason, the most frequent first, each with an example.
SELECT r.reason_code AS reason, count(*) AS reports, min(r.raw_path) AS example
FROM dim_report AS r
WHERE r.status = 'quarantined'
GROUP BY r.reason_code
ORDER BY reports DESC, reason
