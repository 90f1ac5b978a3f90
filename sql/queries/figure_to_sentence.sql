-- From a figure back to the words that state it: each fact behind a headline, its number marked 【】 in its clause.
SELECT
    d.township_name AS township,
    m.report_year AS year,
    m.metric_code AS headline,
    f.metric_code AS metric,
    f.value,
    left(f.evidence, f.number_start - f.char_start)
    || '【' || substr(t.text, f.number_start + 1, f.number_end - f.number_start) || '】'
    || substr(t.text, f.number_end + 1, f.char_end - f.number_end) AS evidence,
    r.raw_path
FROM township_metric AS m
INNER JOIN dim_division AS d ON d.township_code = m.township_code
INNER JOIN fact_indicator AS f ON list_contains(m.fact_ids, f.fact_id)
INNER JOIN report_text AS t ON t.report_id = f.report_id
INNER JOIN dim_report AS r ON r.report_id = f.report_id
WHERE m.is_headline
ORDER BY d.township_code, m.report_year, m.metric_code, f.number_start, f.fact_id
