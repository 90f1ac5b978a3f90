-- What a person should look at, the most worthwhile first. What a look is worth is what it is likely to mend, in points
-- from 0 to 95: how likely something is wrong,
--   correction_stale     92   a person's correction (or _not_found, _ambiguous, _invalid) that was not applied: it is work done already
--   rate_out_of_range    90   a rate above 100 is wrong for certain, here or in the report
--   conflict             80   two figures for one thing: one of them is wrong, or they are not one thing
--   unresolved_unit      60   a report of a township kind that could not be placed, which leaves out all its facts
--   unclassified_number  40   a number with a classifier that nobody could class: the codebook may lack an entry;
--                        25   without a classifier it is rarely a figure
--   low_confidence       70 - 50 x confidence, for facts read below 0.7: 40 for a tie
--   quarantined_report   30   a township's text with facts in it that was not taken for a report: mostly rightly
--   jump                 15   an exact figure more than 10 times that of the year before, or less than a tenth, one of them 100 or
--                             more: mostly another way to count
--   outlier              10   an exact figure above 20 times the median of ten or more units: mostly just a large unit
-- and how much hangs on it: for a figure that counts towards a headline 5, as headlines are what units are compared by; for
-- a report a point a fact, and 2 more for each that counts towards a headline. What a person has answered in corrections.csv is
-- not asked again: a doubt about facts stays only while one of them has been seen by no person (corrected_by).
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
usual AS (
    SELECT g.metric_code, median(g.value) AS median
    FROM township_metric AS g
    INNER JOIN dim_indicator AS i ON i.metric_code = g.metric_code
    WHERE i.kind <> 'rate' AND NOT g.is_headline
    GROUP BY g.metric_code
    HAVING count(*) >= 10 AND median(g.value) > 0
),
jump AS (
    SELECT y.township_code, y.report_year, y.metric_code, y.previous_value
    FROM township_change AS y
    INNER JOIN dim_indicator AS i ON i.metric_code = y.metric_code
    WHERE
        y.is_exact AND i.kind <> 'rate' AND least(y.value, y.previous_value) > 0
        AND greatest(y.value, y.previous_value) >= 100
        AND greatest(y.value, y.previous_value) > 10 * least(y.value, y.previous_value)
),
-- The figures in doubt, in one pass over the largest mart; a figure may be in doubt for several reasons.
figure AS MATERIALIZED (
    SELECT
        m.township_code, m.report_year, m.metric_code, m.value, m.unit, m.fact_ids, m.set_aside_fact_ids, m.has_conflict,
        m.report_ids[1] AS report_id, j.previous_value, u.median
    FROM township_metric AS m
    LEFT JOIN usual AS u ON u.metric_code = m.metric_code AND m.qualifier = 'exact' AND m.value > 20 * u.median
    LEFT JOIN jump AS j
        ON j.township_code = m.township_code AND j.report_year = m.report_year AND j.metric_code = m.metric_code
    WHERE NOT m.is_headline AND (m.has_conflict OR u.median IS NOT NULL OR j.previous_value IS NOT NULL)
),
doubted AS (
    SELECT
        'conflict' AS kind, g.report_id || ':' || g.metric_code AS subject, g.report_id, g.township_code, g.report_year,
        g.metric_code, list_concat(g.fact_ids, g.set_aside_fact_ids) AS fact_ids,
        'one figure for the same thing; the larger, ' || g.value::VARCHAR || ', was kept' AS expected, 80.0 AS doubt
    FROM figure AS g
    WHERE g.has_conflict
    UNION ALL
    SELECT
        'outlier', g.report_id || ':' || g.metric_code, g.report_id, g.township_code, g.report_year,
        g.metric_code, g.fact_ids,
        'a figure near ' || g.median::VARCHAR || ' ' || coalesce(g.unit, '') || ', the median; ' || g.value::VARCHAR
        || ' was read: confirm or correct',
        10.0
    FROM figure AS g
    WHERE g.median IS NOT NULL
    UNION ALL
    SELECT
        'jump', g.report_id || ':' || g.metric_code, g.report_id, g.township_code, g.report_year,
        g.metric_code, g.fact_ids,
        'a figure near ' || g.previous_value::VARCHAR || ' ' || coalesce(g.unit, '') || ', that of the year before; '
        || g.value::VARCHAR || ' was read: confirm or correct',
        15.0
    FROM figure AS g
    WHERE g.previous_value IS NOT NULL
),
doubted_fact AS (
    SELECT
        c.kind, c.subject, c.report_id, c.township_code, c.report_year, c.metric_code, c.expected, c.doubt,
        unnest(c.fact_ids) AS fact_id
    FROM doubted AS c
),
wanted AS (
    SELECT DISTINCT c.fact_id
    FROM doubted_fact AS c
),
-- Their facts, and those that are in doubt themselves, with their sentences: again in one pass.
fact AS MATERIALIZED (
    SELECT
        f.fact_id, f.report_id, f.township_code, f.report_year, f.metric_code, f.value, f.unit, f.evidence, f.rule_id, f.read_as,
        f.confidence, f.corrected_by, f.number_start, i.metric_code IS NOT NULL AS is_out_of_range
    FROM fact_indicator AS f
    LEFT JOIN dim_indicator AS i
        ON i.metric_code = f.metric_code AND i.kind = 'rate' AND NOT f.value BETWEEN 0 AND 100
    LEFT JOIN wanted AS w ON w.fact_id = f.fact_id
    WHERE w.fact_id IS NOT NULL OR f.confidence < 0.7 OR i.metric_code IS NOT NULL
),
item AS (
    SELECT
        c.kind, c.subject, c.report_id, c.township_code, c.report_year, c.metric_code,
        list(f.fact_id ORDER BY f.number_start, f.fact_id) AS fact_ids,
        string_agg(f.evidence, ' ｜ ' ORDER BY f.number_start, f.fact_id) AS evidence,
        c.expected, c.doubt, 0 AS n_waiting
    FROM doubted_fact AS c
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
    WHERE f.is_out_of_range AND f.corrected_by IS NULL AND r.status = 'accepted' AND r.is_canonical
    UNION ALL
    SELECT
        'low_confidence', f.fact_id, f.report_id, f.township_code, f.report_year, f.metric_code, [f.fact_id], f.evidence,
        'read as ' || f.read_as || ' by ' || f.rule_id || ', ' || f.value::VARCHAR || ' ' || coalesce(f.unit, '')
        || ': confirm or correct',
        70.0 - 50.0 * f.confidence, 0
    FROM fact AS f
    INNER JOIN dim_report AS r ON r.report_id = f.report_id
    WHERE f.confidence < 0.7 AND r.status = 'accepted' AND r.is_canonical
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
    LEFT JOIN fact_count AS c ON c.report_id = w.report_id
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
    WHERE r.status = 'quarantined' AND r.duplicate_of IS NULL AND r.doc_level IN ('township', 'subdistrict', 'unknown')
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
