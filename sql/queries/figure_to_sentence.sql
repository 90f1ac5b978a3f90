-- Which facts stand behind a unit's headlines of its last year, in which words? Each number is marked 【】 in its clause.
-- 某单位最近一年的总指标由哪些事实得出，原文怎么写？数字以【】标出。
WITH figure AS (
    SELECT m.township_code, m.report_year, m.metric_code, unnest(m.fact_ids) AS fact_id
    FROM township_metric AS m
    WHERE
        m.township_code = '510921105'
        AND m.is_headline
        AND m.report_year = (SELECT max(l.report_year) FROM township_metric AS l WHERE l.township_code = '510921105')
)
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
FROM figure AS m
INNER JOIN dim_division AS d ON d.township_code = m.township_code
-- By report as well: facts and texts are stored in the order of their reports, so that few of them are read.
INNER JOIN fact_indicator AS f ON f.fact_id = m.fact_id AND f.report_id = split_part(m.fact_id, ':', 1)
INNER JOIN report_text AS t ON t.report_id = split_part(m.fact_id, ':', 1)
INNER JOIN dim_report AS r ON r.report_id = split_part(m.fact_id, ':', 1)
ORDER BY d.township_code, m.report_year, m.metric_code, f.number_start, f.fact_id
