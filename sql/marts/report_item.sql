-- An item of review_queue that one report shows by itself: a fact, a number or the report. What each kind means, and how much
-- a check of it is worth, stands there. This is a table of its own because it is in parts by report, as the facts are: a new
-- report has the items worked out again of a small part of all reports, and not those of its province.
--   doubt      how likely the item is wrong, 0 to 100;
--   n_waiting  how much depends on a report that is kept out: 1 for each fact, 2 more for each fact of a headline.
WITH headline AS (
    SELECT DISTINCT d.metric_code
    FROM dim_headline AS d
),
fact_count AS (
    SELECT f.report_id, count(*) AS n_facts, count(h.metric_code) AS n_headline_facts
    FROM fact_indicator AS f
    LEFT JOIN headline AS h ON h.metric_code = f.metric_code
    WHERE f.report_id IN (SELECT r.report_id FROM dim_report AS r WHERE r.status <> 'accepted')
    GROUP BY f.report_id
),
fact AS MATERIALIZED (
    SELECT
        f.fact_id, f.report_id, f.township_code, f.report_year, f.metric_code, f.value, f.unit, f.evidence, f.rule_id, f.read_as, f.tied_with,
        f.confidence, f.corrected_by, i.metric_code IS NOT NULL AS is_out_of_range,
        f.value_low, f.value_high, f.period_start, f.period_end, f.page, f.digit_confidence, f.implausible
    FROM fact_indicator AS f
    LEFT JOIN dim_indicator AS i
        ON i.metric_code = f.metric_code AND i.kind = 'rate' AND NOT f.value BETWEEN 0 AND 100
    WHERE
        f.confidence < 0.7 OR is_tie(f.read_as, f.corrected_by) OR is_unsure(f.digit_confidence) OR i.metric_code IS NOT NULL
        OR do_bounds_contradict(f.value, f.value_low, f.value_high) OR f.period_start > f.period_end OR f.implausible
),
contradictory_report AS (
    SELECT
        k.kind, r.report_id, r.township_code, r.report_year, coalesce(r.title, s.opening) AS words,
        k.asked || k.found AS expected, k.doubt
    FROM dim_report AS r
    INNER JOIN stage_identities AS s ON s.report_id = r.report_id
    CROSS JOIN LATERAL (
        VALUES
        ('unit_disagrees', 'the unit that reports; ', s.unit_doubt, 65.0, ['unresolved_unit']),
        ('year_disagrees', 'the year reported on; ', s.year_doubt, 55.0, []),
        ('level_doubtful', 'a report of a township, or not; ', s.level_doubt, 45.0,
         ['county_report', 'city_report', 'department_report'])
    ) AS k (kind, asked, found, doubt, reasons)
    WHERE
        k.found IS NOT NULL AND r.duplicate_of IS NULL AND r.corrected_by IS NULL
        AND (r.status = 'accepted' OR list_contains(k.reasons, r.reason_code))
),
item AS (
    SELECT
        'rate_out_of_range' AS kind, f.fact_id AS subject, f.report_id, f.township_code, f.report_year, f.metric_code,
        [f.fact_id] AS fact_ids, f.evidence, 'a rate from 0 to 100; ' || f.value::VARCHAR || ' was stated' AS expected,
        90.0 AS doubt, 0 AS n_waiting
    FROM fact AS f
    INNER JOIN dim_report AS r ON r.report_id = f.report_id
    WHERE f.is_out_of_range AND f.corrected_by IS NULL AND r.status = 'accepted'
    UNION ALL
    SELECT
        'implausible', f.fact_id, f.report_id, f.township_code, f.report_year, f.metric_code, [f.fact_id], f.evidence,
        'a figure that one township can have; ' || f.value::VARCHAR || ' ' || coalesce(f.unit, '')
        || ' was read, and counts nowhere: confirm or correct',
        88.0, 0
    FROM fact AS f
    INNER JOIN dim_report AS r ON r.report_id = f.report_id
    WHERE f.implausible AND NOT f.is_out_of_range AND r.status = 'accepted'
    UNION ALL
    SELECT
        'bounds_contradict', f.fact_id, f.report_id, f.township_code, f.report_year, f.metric_code, [f.fact_id], f.evidence,
        'a value between its bounds; ' || f.value::VARCHAR || ' from ' || coalesce(f.value_low::VARCHAR, 'unknown') || ' to '
        || coalesce(f.value_high::VARCHAR, 'unknown') || ' was read',
        85.0, 0
    FROM fact AS f
    INNER JOIN dim_report AS r ON r.report_id = f.report_id
    WHERE
        do_bounds_contradict(f.value, f.value_low, f.value_high)
        AND f.corrected_by IS NULL AND r.status = 'accepted'
    UNION ALL
    SELECT
        'period_backwards', f.fact_id, f.report_id, f.township_code, f.report_year, f.metric_code, [f.fact_id], f.evidence,
        'a period that ends after it begins; month ' || f.period_start::VARCHAR || ' to month ' || f.period_end::VARCHAR
        || ' was read',
        85.0, 0
    FROM fact AS f
    INNER JOIN dim_report AS r ON r.report_id = f.report_id
    WHERE f.period_start > f.period_end AND f.corrected_by IS NULL AND r.status = 'accepted'
    UNION ALL
    SELECT
        'outside_years', r.report_id, r.report_id, r.township_code, r.report_year, NULL::VARCHAR, []::VARCHAR[],
        coalesce(r.title, t.opening),
        'a report of a unit that existed at the end of ' || r.report_year::VARCHAR || '; this one counts '
        || concat_ws(' ', 'from ' || s.first_year::VARCHAR, 'to ' || s.last_year::VARCHAR),
        20.0, 0
    FROM dim_report AS r
    INNER JOIN stage_identities AS t ON t.report_id = r.report_id
    INNER JOIN township_succession AS s ON s.township_code = r.township_code
    WHERE
        r.status = 'accepted' AND r.corrected_by IS NULL
        AND (r.report_year < s.first_year OR r.report_year > s.last_year)
    UNION ALL
    SELECT
        'unsure_digits', f.fact_id, f.report_id, f.township_code, f.report_year, f.metric_code, [f.fact_id], f.evidence,
        'the number on page ' || f.page::VARCHAR || ' of the scan; ' || f.value::VARCHAR || ' was read, and not surely: confirm '
        || 'or correct',
        65.0, 0
    FROM fact AS f
    INNER JOIN dim_report AS r ON r.report_id = f.report_id
    WHERE is_unsure(f.digit_confidence) AND f.corrected_by IS NULL AND r.status = 'accepted' AND r.is_canonical
    UNION ALL
    SELECT
        'unsure_digits', r.report_id, r.report_id, r.township_code, r.report_year, NULL::VARCHAR, []::VARCHAR[], r.title,
        'the year in the title of the scan; ' || r.report_year::VARCHAR || ' was read, and not surely: confirm or correct',
        65.0, 0
    FROM dim_report AS r
    INNER JOIN stage_documents AS d ON d.report_id = r.report_id
    WHERE
        r.status = 'accepted' AND r.corrected_by IS NULL AND d.text_source <> 'text' AND contains(d.text, r.title)
        AND len(
            list_filter(
                d.numerals,
                lambda n:
                    n."at" >= strpos(d.text, r.title) - 1 AND n."at" < strpos(d.text, r.title) - 1 + length(r.title)
                    AND is_unsure(n.confidence)
            )
        ) > 0
    UNION ALL
    SELECT
        'low_confidence', f.fact_id, f.report_id, f.township_code, f.report_year, f.metric_code, [f.fact_id], f.evidence,
        'read as ' || f.read_as || ' by ' || f.rule_id || coalesce(', as well ' || nullif(array_to_string(f.tied_with, ', '), ''), '')
        || ', ' || f.value::VARCHAR || ' ' || coalesce(f.unit, '')
        || ': confirm or correct',
        70.0 - 50.0 * f.confidence, 0
    FROM fact AS f
    INNER JOIN dim_report AS r ON r.report_id = f.report_id
    WHERE (f.confidence < 0.7 OR is_tie(f.read_as, f.corrected_by)) AND NOT is_unsure(f.digit_confidence) AND r.status = 'accepted' AND r.is_canonical
    UNION ALL
    SELECT
        'unclassified_number', n.report_id || ':' || n.char_start::VARCHAR,
        n.report_id, r.township_code, r.report_year, NULL::VARCHAR, []::VARCHAR[],
        n.context,
        'an indicator of the codebook, or a reason why ' || n.text || ' is none',
        CASE WHEN n.unit_raw IS NULL THEN 25.0 ELSE 40.0 END, 0
    FROM number_mention AS n
    INNER JOIN dim_report AS r ON r.report_id = n.report_id
    WHERE n.disposition = 'unclassified' AND r.status = 'accepted' AND r.is_canonical
    UNION ALL
    SELECT
        'unresolved_unit', w.report_id, w.report_id, NULL::VARCHAR, w.report_year, NULL::VARCHAR, []::VARCHAR[],
        coalesce(w.title, w.opening),
        'the unit that reports' || coalesce('; seen: ' || nullif(array_to_string(w.place_candidates, ', '), ''), ''),
        60.0, w.n_facts + 2 * coalesce(c.n_headline_facts, 0)
    FROM worklist_divisions AS w
    INNER JOIN stage_identities AS s ON s.report_id = w.report_id AND s.unit_doubt IS NULL
    LEFT JOIN fact_count AS c ON c.report_id = w.report_id
    UNION ALL
    SELECT
        p.kind, p.report_id, p.report_id, p.township_code, p.report_year, NULL::VARCHAR, []::VARCHAR[],
        p.words, p.expected,
        p.doubt, coalesce(c.n_facts + 2 * c.n_headline_facts, 0)
    FROM contradictory_report AS p
    LEFT JOIN fact_count AS c ON c.report_id = p.report_id
    UNION ALL
    SELECT
        'quarantined_report', r.report_id, r.report_id, r.township_code, r.report_year, NULL::VARCHAR, []::VARCHAR[],
        coalesce(r.title, s.opening),
        'a report of the township after all, or not: ' || r.status_reason,
        30.0, c.n_facts + 2 * c.n_headline_facts
    FROM dim_report AS r
    INNER JOIN fact_count AS c ON c.report_id = r.report_id
    INNER JOIN stage_identities AS s ON s.report_id = r.report_id
    ANTI JOIN worklist_divisions AS w ON w.report_id = r.report_id
    WHERE
        r.status = 'quarantined' AND r.duplicate_of IS NULL AND r.doc_level IN ('township', 'subdistrict', 'unknown')
        AND NOT (r.doc_kind_machine IS NOT NULL AND r.reason_code = r.doc_kind)  -- a person says what it is
)
SELECT
    i.kind,
    i.subject,
    i.report_id,
    i.township_code,
    i.report_year,
    i.metric_code,
    i.evidence,
    i.expected,
    i.fact_ids,
    i.doubt::DOUBLE AS doubt,
    i.n_waiting::BIGINT AS n_waiting,
    d.reason_code
FROM item AS i
LEFT JOIN dim_report AS d ON d.report_id = i.report_id
ORDER BY i.report_id, i.kind, i.subject
