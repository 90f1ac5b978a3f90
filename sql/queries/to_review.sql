-- What should a person look at first? Outliers, impossible rates and conflicts, with the words; none of them is corrected by guess.
-- 哪些内容最应由人核对？列出异常值、不可能的比率和前后矛盾及原文，机器不擅自更改。
SELECT
    q.worth,
    q.kind,
    d.township_name AS township,
    q.report_year AS year,
    i.name_zh AS indicator,
    q.expected,
    q.evidence
FROM review_queue AS q
LEFT JOIN dim_division AS d ON d.township_code = q.township_code
LEFT JOIN dim_indicator AS i ON i.metric_code = q.metric_code
ORDER BY q.worth DESC, q.review_id
LIMIT 50
