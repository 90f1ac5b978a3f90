-- Which figures of one unit and year cannot all be right? With what the other figures allow, and all sentences in review_queue.
-- 哪些同一单位同年的数字不可能都对？列出其他数字所允许的范围，原文见 review_queue。
SELECT
    d.township_name AS township,
    b.report_year AS year,
    b.kind,
    i.name_zh AS indicator,
    o.name_zh AS compared_with,
    b.value AS stated,
    b.allowed_low,
    b.allowed_high,
    q.evidence
FROM consistency AS b
INNER JOIN dim_division AS d ON d.township_code = b.township_code
INNER JOIN dim_indicator AS i ON i.metric_code = b.metric_code
INNER JOIN dim_indicator AS o ON o.metric_code = b.other_metric_code
LEFT JOIN review_queue AS q
    ON q.review_id = CASE WHEN b.kind = 'part' THEN 'part_above_total:' ELSE 'inconsistent:' END || b.break_id
ORDER BY b.township_code, b.report_year, b.break_id
LIMIT 50
