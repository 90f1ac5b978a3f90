-- A row is an area, a year and an indicator: the change on the year before over the units that state it in both years, so
-- that it is no change of who reports. A sum changes by the sum of their changes, a mean by the mean of them, a maximum by
-- the change of the largest. After a merger the year before is that of the units that were merged (township_change).
SELECT
    p.level,
    p.area_code,
    c.report_year,
    c.metric_code,
    combined_value(i.aggregation, c.value) - combined_value(i.aggregation, c.previous_value) AS change,
    count(*) AS n_units
FROM township_change AS c
INNER JOIN area_unit AS p ON p.township_code = c.township_code
INNER JOIN dim_indicator AS i ON i.metric_code = c.metric_code
WHERE p.area_code IS NOT NULL
GROUP BY p.level, p.area_code, c.report_year, c.metric_code, i.aggregation
