-- How do units made by a merger or upgrade compare with those before them? Only where all of these state the figure; several are added up.
-- 合并或改设后的单位与其前身相比如何？只在各前身都写明时比较，多个前身相加。
SELECT
    d.county_name AS county,
    d.township_name AS township,
    c.report_year AS year,
    string_agg(p.township_name, '、' ORDER BY p.township_code) AS made_of,
    i.name_zh AS indicator,
    c.previous_value,
    c.value,
    c.change,
    c.is_exact
FROM township_change AS c
INNER JOIN dim_division AS d ON d.township_code = c.township_code
INNER JOIN dim_indicator AS i ON i.metric_code = c.metric_code
INNER JOIN dim_division AS p ON list_contains(c.previous_codes, p.township_code)
WHERE c.through_successor
GROUP BY
    d.county_name, d.township_name, c.township_code, c.report_year, c.metric_code, i.name_zh, c.previous_value, c.value,
    c.change, c.is_exact
ORDER BY c.township_code, c.report_year, c.metric_code
