-- A report: the text as it was read, and what became of each number in it.
-- name: report
SELECT
    r.report_id,
    r.title,
    r.doc_kind,
    r.doc_type,
    r.doc_level,
    r.township_code,
    r.report_year,
    r.place_method,
    r.year_method,
    r.doc_number,
    r.written_on,
    r.published_on,
    r.source_url,
    r.raw_path,
    r.raw_sha256,
    r.media_type,
    r.text_source,
    r.char_count,
    r.status,
    r.reason_code,
    r.reason_text,
    r.is_canonical,
    r.canonical_report_id,
    r.version_reason,
    r.duplicate_of,
    r.edition,
    r.corrected_by,
    r.township_code_machine,
    r.report_year_machine,
    r.doc_kind_machine
FROM dim_report AS r
WHERE r.report_id = $report
-- name: text
SELECT text FROM report_text
WHERE report_id = $report
-- name: numbers
SELECT char_start, char_end, text, value, unit_raw, disposition, fact_id
FROM number_mention
WHERE report_id = $report
ORDER BY char_start, char_end
-- name: facts
SELECT
    f.fact_id,
    f.metric_code,
    f.value,
    coalesce(f.value_machine, f.value) AS machine_value,
    f.value_machine,
    f.unit,
    f.qualifier,
    f.role,
    f.subset_of,
    f.scope,
    f.period,
    f.implicit_zero,
    f.implausible,
    f.confidence,
    f.rule_id,
    f.rule_id = 'correction' AS is_added,
    f.read_as,
    f.tied_with,
    f.section,
    f.evidence,
    f.char_start,
    f.char_end,
    f.number_start,
    f.number_end,
    f.page,
    f.is_ocr,
    f.digit_confidence,
    f.corrected_by,
    f.reason
FROM fact_indicator AS f
WHERE f.report_id = $report
ORDER BY f.number_start, f.fact_id
-- name: indicators
SELECT metric_code, name_zh, name_en, unit FROM dim_indicator
WHERE NOT is_headline
ORDER BY metric_code
-- name: definitions
SELECT metric_code, name_zh, name_en, family, definition, definition_zh FROM dim_indicator
-- name: corrections
SELECT * FROM correction
ORDER BY line
