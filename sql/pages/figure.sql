-- A figure: its value, how it came about, and the sentence of each fact behind it.
-- name: figure
SELECT
    m.township_code,
    m.report_year,
    m.metric_code,
    m.value,
    m.unit,
    m.qualifier,
    m.value_low,
    m.value_high,
    m.n_facts,
    m.method,
    m.has_conflict,
    m.confidence,
    m.is_rounded,
    m.equals_last_year,
    m.n_versions_disagree,
    m.fact_ids,
    m.set_aside_fact_ids
FROM township_metric AS m
WHERE m.township_code = $code AND m.report_year = $year AND m.metric_code = $metric
-- name: indicators
SELECT metric_code, family, name_zh, name_en, unit, kind, aggregation, counts, excludes, definition, definition_zh
FROM dim_indicator
-- name: status
SELECT status, reason_code
FROM cell_status
WHERE township_code = $code AND report_year = $year AND metric_code = $metric
-- name: reports
SELECT report_id, title, raw_path, status, reason_code, reason_text
FROM dim_report
WHERE township_code = $code AND report_year = $year
ORDER BY raw_path
-- name: facts
-- Reports are named as well: facts are stored in their order, so that few of them are read.
SELECT
    f.fact_id,
    f.report_id,
    f.metric_code,
    f.value,
    f.unit,
    f.qualifier,
    f.role,
    f.subset_of,
    f.scope,
    f.period,
    f.implicit_zero,
    f.confidence,
    f.implausible,
    f.rule_id,
    f.read_as,
    f.section,
    f.evidence,
    f.char_start,
    f.char_end,
    f.number_start,
    f.number_end,
    f.corrected_by,
    f.reason,
    f.value_machine,
    list_contains($facts::VARCHAR[], f.fact_id) AS is_used
FROM fact_indicator AS f
WHERE
    f.report_id IN $reports::VARCHAR[]
    AND (list_contains($facts::VARCHAR[], f.fact_id) OR list_contains($aside::VARCHAR[], f.fact_id))
ORDER BY is_used DESC, f.report_id, f.number_start, f.fact_id
