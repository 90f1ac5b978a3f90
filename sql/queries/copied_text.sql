-- How much of a report is last year's text, by province and year? Shares of strings of 20 characters; over units with a report of both years.
-- 各省报告有多少文字与上年相同？为20字字串的比例，只用两年都有报告的单位。
SELECT
    d.province_name AS province,
    r.report_year AS year,
    count(*) AS n,
    round(100 * median(s.share_last_year), 1) AS median_percent_of_last_year,
    count(*) FILTER (WHERE s.share_last_year > 0.5) AS more_than_half,
    count(*) FILTER (WHERE s.share_nearest > 0.5) AS more_than_half_of_another_unit
FROM report_similarity AS s
INNER JOIN dim_report AS r ON r.report_id = s.report_id AND r.is_canonical
INNER JOIN dim_division AS d ON d.township_code = r.township_code
WHERE s.share_last_year IS NOT NULL
GROUP BY d.province_code, d.province_name, r.report_year
ORDER BY d.province_code, r.report_year
