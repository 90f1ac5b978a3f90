-- How many days after the end of the year are reports published, by province? Over reports whose day of publication is known.
-- 各省报告在年度结束后多少天公布？只用公布日期已知的报告。
SELECT
    d.province_name AS province,
    r.report_year AS year,
    count(*) AS n,
    median(r.published_on - make_date(r.report_year, 12, 31))::INTEGER AS median_days,
    max(r.published_on - make_date(r.report_year, 12, 31))::INTEGER AS longest_days,
    -- 法治政府建设与责任落实督察工作规定 asks for publication before 1 April.
    round(100 * avg((r.published_on < make_date(r.report_year + 1, 4, 1))::INTEGER), 1) AS percent_before_april
FROM dim_report AS r
INNER JOIN dim_division AS d ON d.township_code = r.township_code
WHERE r.status = 'accepted' AND r.is_canonical AND r.published_on IS NOT NULL
GROUP BY d.province_code, d.province_name, r.report_year
ORDER BY d.province_code, r.report_year
