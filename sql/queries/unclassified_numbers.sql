-- Which numbers could nobody class, in which words? A number seen often means that the codebook lacks an entry.
-- 哪些数字无法归类，原文怎么写？反复出现说明指标手册缺少条目。
SELECT
    q.report_year AS year,
    d.township_name AS township,
    q.evidence,
    q.expected
FROM review_queue AS q
LEFT JOIN dim_division AS d ON d.township_code = q.township_code
WHERE q.kind = 'unclassified_number'
ORDER BY q.worth DESC, q.review_id
LIMIT 50
