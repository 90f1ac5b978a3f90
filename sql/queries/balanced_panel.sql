-- How many units report in every year, by province? A panel of only those is balanced, and is no sample of all.
-- 各省有多少单位每年都有报告？只取这些单位得平衡面板，但并非全体的样本。
SELECT
    y.province_name AS province,
    count(DISTINCT y.township_code) AS units_ever,
    count(DISTINCT y.township_code) FILTER (WHERE y.is_balanced) AS units_in_every_year,
    round(100 * count(DISTINCT y.township_code) FILTER (WHERE y.is_balanced) / count(DISTINCT y.township_code), 1) AS percent,
    round(avg(y.panel_years), 2) AS mean_years_of_a_report
FROM township_year AS y
GROUP BY y.province_code, y.province_name
ORDER BY percent DESC, y.province_code
