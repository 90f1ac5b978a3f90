-- What a person should check, the most useful first. `worth` is how much a check is likely to correct, 0 to 95. It adds up
-- how likely the item is wrong,
--   correction_stale     92   a person's correction (or _not_found, _ambiguous, _invalid) was not applied: work already done
--   rate_out_of_range    90   a rate above 100 is certainly wrong, here or in the report; it is in no mart
--   implausible          88   a count or amount far beyond what one township can have: in no mart until a person confirms it
--   bounds_contradict    85   a value that lies outside its own bounds: the words were read wrongly
--   period_backwards     85   a period that ends before it begins: the same
--   conflict             80   two figures for one thing: one of them is wrong, or they count different things
--   part_above_total     78   a part (其中) that is larger than its total, in one report
--   inconsistent         75   figures of several indicators that cannot all be right (consistency)
--   unit_disagrees       65   title, opening, signature or publisher name different units: all figures may be another's
--   unresolved_unit      60   a township's report without a unit: none of its facts is in a mart
--   unsure_digits        65   a figure, or the year in a title, that character recognition was not sure of on a scan
--   year_disagrees       55   title, opening, document number and dates do not fit one year: all figures may be another's
--   versions_disagree    50   accepted versions of one report state different figures: one was corrected, or misread
--   low_confidence       70 - 50 x confidence, for facts of which 3 in 10 or more are wrong (confidence below 0.7) and
--                        for ties, which may leave a headline empty: about 40
--   level_doubtful       45   kept out as a county's or an office's, but it says 我镇 or a township signs it
--   unclassified_number  40   a number with a classifier and no named reason: the codebook may lack an entry;
--                        25   without a classifier it is rarely a figure
--   quarantined_report   30   a township's text with facts that was not accepted as a report: mostly for a good reason
--   outside_years        20   a unit that did not exist at the end of the year: often the new name on an old year
--   jump                 15   an exact figure more than 10 times that of the year before, or less than a tenth, one of them 100
--                             or more: mostly another way to count
--   outlier              10   an exact figure above 20 times the median of ten or more units: mostly just a large unit
-- and how much depends on it: 5 for a figure that counts towards a headline, because headlines are what units are compared
-- by; for a report 1 for each fact, and 2 more for each fact that counts towards a headline. An item about facts stays until
-- corrections.csv has an answer for each of them (corrected_by).
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
doubtful_fact AS (
    SELECT
        c.kind, c.subject, c.report_id, c.township_code, c.report_year, c.metric_code, c.expected, c.doubt,
        unnest(c.fact_ids) AS fact_id
    FROM doubtful_figure AS c
),
figure_fact AS (
    SELECT DISTINCT c.fact_id
    FROM doubtful_fact AS c
),
-- The facts of doubtful figures, and the facts that are doubtful themselves. The facts are read once for both.
fact AS MATERIALIZED (
    SELECT
        f.fact_id, f.report_id, f.township_code, f.report_year, f.metric_code, f.value, f.unit, f.evidence, f.rule_id, f.read_as, f.tied_with,
        f.confidence, f.corrected_by, f.number_start, i.metric_code IS NOT NULL AS is_out_of_range,
        f.value_low, f.value_high, f.period_start, f.period_end, f.page, f.digit_confidence, f.implausible
    FROM fact_indicator AS f
    LEFT JOIN dim_indicator AS i
        ON i.metric_code = f.metric_code AND i.kind = 'rate' AND NOT f.value BETWEEN 0 AND 100
    LEFT JOIN figure_fact AS w ON w.fact_id = f.fact_id
    WHERE
        w.fact_id IS NOT NULL OR f.confidence < 0.7 OR is_tie(f.read_as, f.corrected_by) OR is_unsure(f.digit_confidence) OR i.metric_code IS NOT NULL
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
        c.kind, c.subject, c.report_id, c.township_code, c.report_year, c.metric_code,
        list(f.fact_id ORDER BY f.number_start, f.fact_id) AS fact_ids,
        string_agg(f.evidence, ' ｜ ' ORDER BY f.number_start, f.fact_id) AS evidence,
        c.expected, c.doubt, 0 AS n_waiting
    FROM doubtful_fact AS c
    INNER JOIN fact AS f ON f.fact_id = c.fact_id
    GROUP BY c.kind, c.subject, c.report_id, c.township_code, c.report_year, c.metric_code, c.expected, c.doubt
    HAVING NOT bool_and(f.corrected_by IS NOT NULL)
    UNION ALL
    SELECT
        'correction_' || c.outcome, 'line ' || c.line::VARCHAR, c.report_id, r.township_code, r.report_year, c.metric_code,
        []::VARCHAR[], c.evidence, 'a line of corrections.csv that can be applied: ' || c.outcome_reason,
        92.0, 0
    FROM correction AS c
    LEFT JOIN dim_report AS r ON r.report_id = c.report_id
    WHERE c.outcome NOT IN ('applied', 'superseded')
    UNION ALL
    SELECT
        'rate_out_of_range', f.fact_id, f.report_id, f.township_code, f.report_year, f.metric_code, [f.fact_id], f.evidence,
        'a rate from 0 to 100; ' || f.value::VARCHAR || ' was stated',
        90.0, 0
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
    i.kind || ':' || i.subject AS review_id,
    i.kind,
    least(i.doubt + i.n_waiting + CASE WHEN h.metric_code IS NULL THEN 0 ELSE 5 END, 95.0)::DOUBLE AS worth,
    i.report_id,
    i.township_code,
    i.report_year,
    i.metric_code,
    i.evidence,
    i.expected,
    i.fact_ids,
    d.reason_code
FROM item AS i
LEFT JOIN dim_report AS d ON d.report_id = i.report_id
LEFT JOIN headline AS h ON h.metric_code = i.metric_code
ORDER BY worth DESC, review_id
