SELECT m.township_code, m.report_year, m.metric_code, m.value, m.method, m.fact_ids
FROM township_metric AS m
ANTI JOIN fact_indicator AS f
    ON f.metric_code = m.metric_code AND f.township_code = m.township_code AND f.report_year = m.report_year
    AND f.value > 100 AND NOT f.implausible
WHERE m.unit = '%' AND m.value > 100
