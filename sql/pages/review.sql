-- The queue of what a person should check, as an inbox: a page of items, their facts, and how the queue is made up.
-- name: items
-- $metrics are the indicators of a family, $reports those that a person wrote about; NULL asks for all.
SELECT
    q.review_id,
    q.kind,
    q.worth,
    q.report_id,
    q.township_code,
    q.report_year,
    q.metric_code,
    q.evidence,
    q.expected,
    q.fact_ids,
    CASE WHEN q.kind = 'unclassified_number' THEN try_cast(split_part(q.review_id, ':', 3) AS INTEGER) END AS at_number
FROM review_queue AS q
WHERE
    ($kind IS NULL OR q.kind = $kind)
    AND ($province IS NULL OR q.township_code LIKE left($province, 2) || '%')
    AND ($metrics IS NULL OR list_contains($metrics::VARCHAR[], q.metric_code))
    AND ($item IS NULL OR q.review_id = $item)
    AND ($reports IS NULL OR q.report_id IN (SELECT unnest($reports::VARCHAR[])))
ORDER BY q.worth DESC, q.review_id
LIMIT $most OFFSET $skip
-- name: reports
SELECT report_id, raw_path, title, report_year FROM dim_report
WHERE report_id IN (SELECT unnest($reports::VARCHAR[]))
-- name: facts
SELECT
    f.fact_id,
    f.report_id,
    f.metric_code,
    f.value,
    coalesce(f.value_machine, f.value) AS machine_value,
    f.unit,
    f.qualifier,
    f.role,
    f.scope,
    f.period,
    f.evidence,
    f.char_start,
    f.char_end,
    f.number_start,
    f.number_end,
    f.corrected_by,
    f.rule_id = 'correction' AS is_added
FROM fact_indicator AS f
WHERE f.report_id IN (SELECT unnest($reports::VARCHAR[])) AND f.fact_id IN (SELECT unnest($facts::VARCHAR[]))
-- name: indicators
SELECT metric_code, family, name_zh, name_en FROM dim_indicator
-- name: counts
SELECT
    q.kind,
    left(q.township_code, 2) || '0000' AS province_code,
    i.family,
    count(*) AS n
FROM review_queue AS q
LEFT JOIN dim_indicator AS i ON i.metric_code = q.metric_code
GROUP BY ALL
-- name: provinces
SELECT DISTINCT province_code, province_name FROM dim_division
WHERE province_code IS NOT NULL
ORDER BY province_code
-- name: corrections
SELECT * FROM correction
ORDER BY line
-- name: named_reports
SELECT report_id FROM dim_report
WHERE raw_path IN (SELECT unnest($names::VARCHAR[])) OR report_id IN (SELECT unnest($names::VARCHAR[]))
