-- What a person should look at, the most worthwhile first. Worth, 0 to 100, is how much one look mends:
--   a report that could not be placed brings all its facts     60 + a point a fact, 95 at most
--   a rate above 100 is wrong for certain                      90
--   two figures for one thing: one of them is wrong            80, and 85 where it moves a headline
--   a number nobody could class: the codebook may lack an entry   40
--   a fact read with a confidence below 0.7                   70 - 50 x confidence
WITH conflict AS (
    SELECT
        m.township_code, m.report_year, m.metric_code,
        unnest(m.report_ids) AS report_id,
        list_concat(m.fact_ids, m.set_aside_fact_ids) AS fact_ids,
        m.value
    FROM township_metric AS m
    WHERE m.has_conflict AND NOT m.is_headline
),
conflict_fact AS (
    SELECT c.report_id, c.township_code, c.report_year, c.metric_code, c.value, unnest(c.fact_ids) AS fact_id
    FROM conflict AS c
),
item AS (
    SELECT
        'conflict' AS kind,
        c.report_id || ':' || c.metric_code AS subject,
        c.report_id, c.township_code, c.report_year, c.metric_code,
        list(f.fact_id ORDER BY f.number_start, f.fact_id) AS fact_ids,
        string_agg(f.evidence, ' ｜ ' ORDER BY f.number_start, f.fact_id) AS evidence,
        'one figure for the same thing; the larger, ' || c.value::VARCHAR || ', was kept' AS expected,
        CASE WHEN h.metric_code IS NULL THEN 80.0 ELSE 85.0 END AS worth
    FROM conflict_fact AS c
    INNER JOIN fact_indicator AS f ON f.fact_id = c.fact_id
    LEFT JOIN (SELECT DISTINCT d.metric_code FROM dim_headline AS d) AS h ON h.metric_code = c.metric_code
    GROUP BY c.report_id, c.township_code, c.report_year, c.metric_code, c.value, h.metric_code
    UNION ALL
    SELECT
        'rate_out_of_range', f.fact_id,
        f.report_id, f.township_code, f.report_year, f.metric_code, [f.fact_id], f.evidence,
        'a rate from 0 to 100; ' || f.value::VARCHAR || ' was stated',
        90.0
    FROM fact_indicator AS f
    INNER JOIN dim_indicator AS i ON i.metric_code = f.metric_code
    WHERE i.kind = 'rate' AND NOT f.value BETWEEN 0 AND 100
    UNION ALL
    SELECT
        'low_confidence', f.fact_id,
        f.report_id, f.township_code, f.report_year, f.metric_code, [f.fact_id], f.evidence,
        'read as ' || f.read_as || ' by ' || f.rule_id || ', ' || f.value::VARCHAR || ' ' || coalesce(f.unit, '')
        || ': confirm or correct',
        70.0 - 50.0 * f.confidence
    FROM fact_indicator AS f
    INNER JOIN dim_report AS r ON r.report_id = f.report_id
    WHERE f.confidence < 0.7 AND r.status = 'accepted' AND r.is_canonical
    UNION ALL
    SELECT
        'unclassified_number', n.report_id || ':' || n.char_start::VARCHAR,
        n.report_id, r.township_code, r.report_year, NULL::VARCHAR, []::VARCHAR[],
        substr(t.text, greatest(n.char_start - 30, 0) + 1, n.char_end - greatest(n.char_start - 30, 0) + 15),
        'an indicator of the codebook, or a reason why ' || n.text || ' is none',
        40.0
    FROM number_mention AS n
    INNER JOIN dim_report AS r ON r.report_id = n.report_id
    INNER JOIN report_text AS t ON t.report_id = n.report_id
    WHERE n.disposition = 'unclassified'
    UNION ALL
    SELECT
        'unresolved_unit', w.report_id,
        w.report_id, NULL::VARCHAR, w.report_year, NULL::VARCHAR, []::VARCHAR[], coalesce(w.title, w.opening),
        'the unit that reports' || coalesce('; seen: ' || nullif(array_to_string(w.place_candidates, ', '), ''), ''),
        least(60.0 + w.n_facts, 95.0)
    FROM worklist_divisions AS w
)
SELECT
    i.kind || ':' || i.subject AS review_id,
    i.kind,
    i.worth,
    i.report_id,
    i.township_code,
    i.report_year,
    i.metric_code,
    i.evidence,
    i.expected,
    i.fact_ids
FROM item AS i
ORDER BY i.worth DESC, review_id
