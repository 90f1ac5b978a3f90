-- What became of every number of every report: a fact, or which reason? `unclassified` is what nobody could class.
-- 报告中的每个数字去了哪里：成为事实，还是因何不是？unclassified 为尚未归类。
SELECT
    n.disposition,
    count(*) AS numbers,
    round(100 * count(*) / sum(count(*)) OVER (), 1) AS percent,
    arg_min(n.text, n.report_id || ':' || lpad(n.char_start::VARCHAR, 9, '0')) AS first_example
FROM number_mention AS n
GROUP BY n.disposition
ORDER BY numbers DESC, n.disposition
