-- Why are figures missing, by headline and year? In percent of the cells of units with any document.
-- 各总指标每年缺失的原因是什么？为占有文件单位全部单元格的百分比。
SELECT
    c.report_year AS year,
    i.name_zh AS headline,
    count(*) AS cells,
    round(100 * avg((c.status = 'stated')::INTEGER), 1) AS stated,
    round(100 * avg((c.status = 'part_of_year')::INTEGER), 1) AS part_of_year,
    round(100 * avg((c.status = 'implausible')::INTEGER), 1) AS implausible,
    round(100 * avg((c.status = 'unsure')::INTEGER), 1) AS unsure,
    round(100 * avg((c.status = 'silent')::INTEGER), 1) AS silent,
    round(100 * avg((c.status = 'no_report')::INTEGER), 1) AS no_report,
    round(100 * avg((c.status = 'quarantined')::INTEGER), 1) AS quarantined,
    round(100 * avg((c.status = 'outside_years')::INTEGER), 1) AS outside_years
FROM cell_status AS c
INNER JOIN dim_indicator AS i ON i.metric_code = c.metric_code AND i.is_headline
GROUP BY c.report_year, c.metric_code, i.name_zh
ORDER BY c.report_year, c.metric_code
