-- What became of every number of every report: a fact, or which reason? `unclassified` is what nobody could class.
-- 报告中的每个数字去了哪里：成为事实，还是因何不是？unclassified 为尚未归类。
WITH counted AS (
    SELECT n.disposition, count(*) AS numbers, min(n.report_id) AS first_report
    FROM number_mention AS n
    GROUP BY n.disposition
)
SELECT
    c.disposition,
    c.numbers,
    round(100 * c.numbers / sum(c.numbers) OVER (), 1) AS percent,
    arg_min(n.text, n.char_start) AS first_example
FROM counted AS c
INNER JOIN number_mention AS n ON n.report_id = c.first_report AND n.disposition = c.disposition
GROUP BY c.disposition, c.numbers
ORDER BY c.numbers DESC, c.disposition
