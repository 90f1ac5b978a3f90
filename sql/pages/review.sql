-- The queue of what a person should check, as an inbox: a page of items, their facts, and how the queue is made up.
-- name: items
WITH chosen AS (
    SELECT q.*
    FROM review_queue AS q
    LEFT JOIN dim_indicator AS i ON i.metric_code = q.metric_code
    WHERE
        ($kind IS NULL OR q.kind = $kind)
        AND ($province IS NULL OR q.township_code LIKE left($province, 2) || '%')
        AND ($family IS NULL OR i.family = $family)
        AND ($item IS NULL OR q.review_id = $item)
        AND ($reports IS NULL OR q.report_id IN (SELECT unnest($reports::VARCHAR[])))
    ORDER BY q.worth DESC, q.review_id
    LIMIT $most OFFSET $skip
),
unit AS (
    SELECT
        d.township_code,
        arg_max(d.township_name, coalesce(d.valid_to, DATE '9999-12-31')) AS township_name,
        arg_max(d.county_name, coalesce(d.valid_to, DATE '9999-12-31')) AS county_name,
        arg_max(d.city_name, coalesce(d.valid_to, DATE '9999-12-31')) AS city_name,
        arg_max(d.province_name, coalesce(d.valid_to, DATE '9999-12-31')) AS province_name
    FROM dim_division AS d
    WHERE d.township_code IN (SELECT c.township_code FROM chosen AS c)
    GROUP BY d.township_code
)
SELECT
    c.review_id,
    c.kind,
    c.worth,
    c.report_id,
    r.raw_path,
    r.title,
    c.township_code,
    u.township_name,
    u.county_name,
    u.city_name,
    u.province_name,
    c.report_year,
    c.metric_code,
    i.name_zh,
    i.name_en,
    c.evidence,
    c.expected,
    c.fact_ids,
    CASE WHEN c.kind = 'unclassified_number' THEN try_cast(split_part(c.review_id, ':', 3) AS INTEGER) END AS at_number
FROM chosen AS c
LEFT JOIN dim_report AS r ON r.report_id = c.report_id
LEFT JOIN unit AS u ON u.township_code = c.township_code
LEFT JOIN dim_indicator AS i ON i.metric_code = c.metric_code
ORDER BY c.worth DESC, c.review_id
-- name: facts
SELECT
    f.fact_id,
    f.report_id,
    r.raw_path,
    r.report_year,
    f.metric_code,
    i.name_zh,
    i.name_en,
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
INNER JOIN dim_indicator AS i ON i.metric_code = f.metric_code
INNER JOIN dim_report AS r ON r.report_id = f.report_id
WHERE f.report_id IN (SELECT unnest($reports::VARCHAR[])) AND f.fact_id IN (SELECT unnest($facts::VARCHAR[]))
ORDER BY f.report_id, f.number_start, f.fact_id
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
