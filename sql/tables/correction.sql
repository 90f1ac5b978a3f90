-- One row a line of raw/corrections.csv, with its outcome. A line is applied only if the machine's answer is still the one
-- that the person expected. The outcome is the first of these that fits:
--   invalid     the line cannot be used; 'problem' comes from reading the file, an unknown code is found here
--   not_found   no report has that name, or its text does not contain the words
--   ambiguous   several reports, several places in the text, or several facts fit
--   stale       the machine now gives another answer, or none
--   superseded  of several lines on the same thing the one with the latest day counts, and of one day the last line
--   applied     all others
-- The fact meant is the one of that indicator whose number is within the words. An added figure must not count twice: its
-- number may not be read already as another indicator of the same headline, unless another line rejects that. Only the texts and facts of the reports that
-- are named are read, so without corrections this costs nothing.
WITH named AS (
    SELECT c.line, f.report_id
    FROM stage_corrections AS c
    INNER JOIN stage_files AS f ON f.raw_path = c.report
    UNION
    SELECT c.line, f.report_id
    FROM stage_corrections AS c
    INNER JOIN stage_files AS f ON f.report_id = c.report
),
report AS (
    SELECT n.line, min(n.report_id) AS report_id, count(*) AS n_reports
    FROM named AS n
    GROUP BY n.line
),
-- With all facts of the archive the joins below would bring all its texts beside them.
fact AS MATERIALIZED (
    SELECT
        f.report_id, f.fact_id, f.metric_code, f.value, f.unit, f.qualifier, f.value_low, f.value_high, f.char_start, f.char_end,
        f.number_start, f.number_end, f.implicit_zero, f.period, f.scope, f.role
    FROM stage_facts AS f
    SEMI JOIN report AS r ON r.report_id = f.report_id
),
line AS (
    SELECT
        c.line, c.report, r.report_id, r.n_reports, c.action, c.metric_code AS code, i.metric_code, i.unit, c.evidence,
        c.char_start, c.char_end, c.machine_expected, c.person_says, c.number_expected, c.number_right, c.qualifier, c.reason,
        c.corrected_by, c.corrected_on, c.problem,
        c.problem IS NULL AND r.n_reports = 1 AND i.metric_code IS NOT NULL AS is_on_fact
    FROM stage_corrections AS c
    LEFT JOIN report AS r ON r.line = c.line
    LEFT JOIN dim_indicator AS i ON i.metric_code = c.metric_code AND NOT i.is_headline
),
line_words AS (
    SELECT
        l.line, l.report_id, t.text, l.metric_code, l.action, l.number_expected, l.number_right, l.char_start, l.char_end,
        coalesce(l.evidence, substr(t.text, l.char_start + 1, l.char_end - l.char_start)) AS words,
        coalesce(l.char_start, strpos(t.text, l.evidence) - 1) AS words_start
    FROM line AS l
    INNER JOIN report_text AS t ON t.report_id = l.report_id
    WHERE l.is_on_fact
),
-- How often the text contains the words: 0, 1, or 2 for more than once. If the line gives offsets, only that place counts.
passage AS (
    SELECT
        w.line, w.report_id, w.text, w.metric_code, w.action, w.number_expected, w.number_right, w.words, w.words_start,
        w.words_start + length(w.words) AS words_end,
        CASE
            WHEN w.words = '' OR w.words_start < 0 THEN 0
            WHEN w.char_start IS NOT NULL THEN (
                length(w.words) = w.char_end - w.char_start AND substr(w.text, w.char_start + 1, length(w.words)) = w.words
            )::INTEGER
            WHEN strpos(substr(w.text, w.words_start + 2), w.words) = 0 THEN 1
            ELSE 2
        END AS n_passages
    FROM line_words AS w
),
-- The place of the number of an added fact: the first number in the words with its value, else the only number in them, else
-- all the words. A zero without a 0 is implied by the words: a year among them is not its number.
number_in_words AS (
    SELECT
        p.line, n.char_start, n.char_end,
        n.value = p.number_right OR (p.number_right <> 0 AND count(*) OVER (PARTITION BY p.line) = 1) AS is_meant
    FROM passage AS p
    INNER JOIN stage_numbers AS n
        ON n.report_id = p.report_id AND n.char_start >= p.words_start AND n.char_end <= p.words_end
    WHERE p.action = 'add' AND p.n_passages = 1
),
number AS (
    SELECT h.line, min(h.char_start) AS char_start, arg_min(h.char_end, h.char_start) AS char_end
    FROM number_in_words AS h
    WHERE h.is_meant
    GROUP BY h.line
),
number_place AS (
    SELECT
        p.line, p.report_id, p.text, p.metric_code, p.action, p.number_expected, p.words, p.words_start, p.words_end, p.n_passages,
        coalesce(n.char_start, p.words_start) AS number_start,
        coalesce(n.char_end, p.words_end) AS number_end,
        p.number_right = 0 AND n.line IS NULL AS is_implied
    FROM passage AS p
    LEFT JOIN number AS n ON n.line = p.line
),
-- The machine's facts that a line may mean; for an added fact, those at the same place.
candidate AS (
    SELECT
        p.line, f.report_id, f.fact_id, f.value, f.qualifier, f.value_low, f.value_high, f.char_start, f.char_end,
        f.number_start, f.number_end, f.implicit_zero, f.period, f.scope, f.role,
        abs(f.value - p.number_expected) <= 1e-9 * greatest(abs(f.value), 1) AS is_expected
    FROM number_place AS p
    INNER JOIN fact AS f ON f.report_id = p.report_id AND f.metric_code = p.metric_code
    WHERE
        CASE
            WHEN p.action = 'add' THEN
                f.number_start = p.number_start OR (f.number_start < p.number_end AND f.number_end > p.number_start)
            WHEN p.n_passages = 1 THEN f.number_start >= p.words_start AND f.number_end <= p.words_end
            -- The text contains the words more than once: is this number within one of these places?
            WHEN p.n_passages = 2 THEN contains(
                substr(
                    p.text,
                    greatest(f.number_end - length(p.words), 0) + 1,
                    f.number_start + length(p.words) - greatest(f.number_end - length(p.words), 0)
                ),
                p.words
            )
            ELSE FALSE
        END
),
answer AS (
    SELECT
        c.line, count(*) AS n_facts, count(*) FILTER (WHERE c.is_expected) AS n_expected,
        string_agg(DISTINCT c.value::VARCHAR, ', ' ORDER BY c.value::VARCHAR) AS found_values,
        CASE WHEN count(*) FILTER (WHERE c.is_expected) <= 1 THEN
            arg_min(c.fact_id, CASE WHEN c.is_expected THEN 0 ELSE 1 END)
        END AS fact_id
    FROM candidate AS c
    GROUP BY c.line
),
-- A number may have given several facts: if one is rejected, the number still belongs to the others.
other_fact AS (
    SELECT a.line, list(o.fact_id ORDER BY o.fact_id) AS other_fact_ids
    FROM answer AS a
    INNER JOIN candidate AS f ON f.line = a.line AND f.fact_id = a.fact_id
    INNER JOIN fact AS o
        ON o.report_id = f.report_id AND o.number_start < f.number_end AND o.number_end > f.number_start
    WHERE o.fact_id <> a.fact_id
    GROUP BY a.line
),
judgement AS (
    SELECT
        l.line, l.report, l.action, l.metric_code, l.unit, l.evidence, l.machine_expected, l.person_says, l.number_right,
        l.qualifier AS qualifier_right, l.reason, l.corrected_by, l.corrected_on,
        CASE WHEN l.n_reports = 1 THEN l.report_id END AS report_id,
        CASE
            WHEN l.action = 'add' THEN p.words_start
            ELSE f.char_start
        END AS char_start,
        CASE WHEN l.action = 'add' THEN p.words_end ELSE f.char_end END AS char_end,
        CASE WHEN l.action = 'add' THEN p.number_start ELSE f.number_start END AS number_start,
        CASE WHEN l.action = 'add' THEN p.number_end ELSE f.number_end END AS number_end,
        CASE WHEN l.action = 'add' THEN length(regexp_replace(substr(p.text, 1, p.number_start), '[^。！？!?\n]', '', 'g')) + 1 END
            AS sentence,
        p.words, p.is_implied,
        CASE
            WHEN l.action = 'add' THEN l.report_id || ':' || l.metric_code || ':' || p.number_start::VARCHAR
            ELSE f.fact_id
        END AS fact_id,
        b.other_fact_ids, f.value AS value_machine, f.qualifier, f.value_low, f.value_high, f.period AS period_machine,
        f.scope AS scope_machine, f.role AS role_machine,
        d.township_code AS unit_right,
        CASE WHEN l.action = 'place' THEN i.township_code END AS township_code_machine,
        CASE WHEN l.action = 'year' THEN y.report_year END AS report_year_machine,
        k.doc_kind AS doc_kind_machine,
        CASE
            WHEN l.problem IS NOT NULL THEN {'outcome': 'invalid', 'reason': l.problem}
            WHEN l.action = 'place' AND d.township_code IS NULL THEN {
                'outcome': 'invalid', 'reason':
                'value is ' || l.person_says || ', which is no code of a township in dim_division; look the unit up there'
            }
            WHEN l.action = 'year' AND l.person_says::INTEGER > getvariable('present_year')::INTEGER THEN {
                'outcome': 'invalid', 'reason':
                'value is ' || l.person_says || ', which is later than the present year, and no report is; look at the report again'
            }
            WHEN l.action NOT IN ('place', 'year', 'kind') AND l.metric_code IS NULL THEN {
                'outcome': 'invalid', 'reason':
                'metric_code is ' || l.code || ', which the codebook does not have; look it up in dim_indicator'
            }
            WHEN l.n_reports IS NULL THEN {
                'outcome': 'not_found', 'reason':
                'no report is called ' || l.report || '; give the raw_path or the report_id of dim_report'
            }
            WHEN l.n_reports > 1 THEN {
                'outcome': 'ambiguous', 'reason':
                l.n_reports::VARCHAR || ' reports are called ' || l.report || '; give the report_id of one'
            }
            WHEN l.action = 'place' AND i.township_code IS DISTINCT FROM l.machine_expected THEN {
                'outcome': 'stale', 'reason':
                'the machine says ' || coalesce(i.township_code, 'nothing') || ', expected '
                || coalesce(l.machine_expected, 'nothing') || '; look again, then change machine_value or drop the line'
            }
            WHEN l.action = 'year' AND y.report_year::VARCHAR IS DISTINCT FROM l.machine_expected THEN {
                'outcome': 'stale', 'reason':
                'the machine says ' || coalesce(y.report_year::VARCHAR, 'nothing') || ', expected '
                || coalesce(l.machine_expected, 'nothing') || '; look again, then change machine_value or drop the line'
            }
            WHEN l.action = 'kind' AND k.doc_kind IS NULL THEN {
                'outcome': 'not_found', 'reason':
                'the report was not read, so the machine says no kind; see its status_reason in dim_report'
            }
            WHEN l.action = 'kind' AND k.doc_kind <> l.machine_expected THEN {
                'outcome': 'stale', 'reason':
                'the machine says ' || k.doc_kind || ', expected ' || l.machine_expected
                || '; look again, then change machine_value or drop the line'
            }
            WHEN l.action IN ('place', 'year', 'kind') THEN NULL
            WHEN p.line IS NULL
                THEN {'outcome': 'not_found', 'reason': 'the report has no text; see its status_reason in dim_report'}
            WHEN p.n_passages = 0 THEN {
                'outcome': 'not_found', 'reason':
                'the words do not stand in the report' || CASE
                    WHEN l.char_start IS NULL THEN '' ELSE ' at these offsets'
                END || '; copy them from report_text'
            }
            WHEN l.action = 'add' AND p.n_passages > 1 THEN {
                'outcome': 'ambiguous', 'reason':
                'the words stand in the report more than once; copy more of them, or give char_start and char_end'
            }
            WHEN l.action = 'add' AND a.n_facts > 0 THEN {
                'outcome': 'stale', 'reason':
                'the machine now says ' || a.found_values || ' there itself, expected nothing; drop the line, or use the action value'
            }
            WHEN l.action = 'add' THEN NULL
            WHEN coalesce(a.n_facts, 0) = 0 THEN {
                'outcome': 'stale', 'reason':
                'the machine states no ' || l.metric_code || ' in these words, expected ' || l.machine_expected
                || '; look again, then mend or drop the line'
            }
            WHEN a.n_expected > 1 OR (a.n_expected = 0 AND p.n_passages > 1) THEN {
                'outcome': 'ambiguous', 'reason':
                'several facts of ' || l.metric_code || ' fit (' || a.found_values || '); copy more words, or give char_start '
                || 'and char_end'
            }
            WHEN a.n_expected = 0 THEN {
                'outcome': 'stale', 'reason':
                'the machine says ' || a.found_values || ', expected ' || l.machine_expected
                || '; look again, then change machine_value or drop the line'
            }
            WHEN l.action = 'value' AND f.implicit_zero THEN {
                'outcome': 'invalid', 'reason':
                'the words imply a zero and hold no number; reject it, and add the figure with the words that state it'
            }
        END AS fault
    FROM line AS l
    LEFT JOIN known_year AS y ON l.action = 'year' AND l.n_reports = 1 AND y.report_id = l.report_id
    LEFT JOIN known_kind AS k ON l.action = 'kind' AND l.n_reports = 1 AND k.report_id = l.report_id
    LEFT JOIN stage_identities AS i ON l.action IN ('place', 'year') AND l.n_reports = 1 AND i.report_id = l.report_id
    LEFT JOIN dim_division AS d ON l.action = 'place' AND d.level = 'township' AND d.township_code = l.person_says
    LEFT JOIN number_place AS p ON p.line = l.line
    LEFT JOIN answer AS a ON a.line = l.line
    LEFT JOIN candidate AS f ON f.line = a.line AND f.fact_id = a.fact_id
    LEFT JOIN other_fact AS b ON b.line = l.line
),
-- What stands of the lines that reject facts: an added figure may take the number of a fact that is gone.
rejected AS (
    SELECT j.fact_id
    FROM judgement AS j
    WHERE j.fault IS NULL AND j.fact_id IS NOT NULL AND j.action <> 'add'
    GROUP BY j.fact_id
    HAVING arg_max(j.action, (j.corrected_on, j.line)) = 'reject'
),
same_headline AS (
    SELECT DISTINCT p.line, f.fact_id, h.headline, f.metric_code || ' (' || f.value::VARCHAR || ' ' || f.unit || ')' AS says
    FROM number_place AS p
    INNER JOIN dim_headline AS h ON h.metric_code = p.metric_code
    INNER JOIN dim_headline AS o ON o.headline = h.headline AND o.metric_code <> h.metric_code
    INNER JOIN fact AS f
        ON f.report_id = p.report_id AND f.metric_code = o.metric_code
        AND f.number_start < p.number_end AND f.number_end > p.number_start
    ANTI JOIN rejected AS r ON r.fact_id = f.fact_id
    WHERE p.action = 'add'
),
taken AS (
    SELECT s.line, min(s.headline) AS headline, string_agg(DISTINCT s.says, ', ' ORDER BY s.says) AS says
    FROM same_headline AS s
    GROUP BY s.line
),
admitted AS (
    SELECT
        j.line, j.report_id, j.action, j.metric_code, j.fact_id, j.number_start, j.number_end, j.corrected_on,
        coalesce(j.fault, CASE WHEN t.line IS NOT NULL THEN {
            'outcome': 'invalid', 'reason':
            'the number is already read as ' || t.says || ', which counts for the same headline ' || t.headline
            || '; reject that fact too, or drop the line'
        } END) AS fault
    FROM judgement AS j
    LEFT JOIN taken AS t ON t.line = j.line
),
-- The total that a line makes its figure a part of: the fact, or the added figure, that these words hold.
total_candidate AS (
    SELECT c.line, f.fact_id, f.metric_code, w.text, c.total_words, f.number_start, f.number_end
    FROM stage_corrections AS c
    INNER JOIN admitted AS a ON a.line = c.line AND a.fault IS NULL
    INNER JOIN line_words AS w ON w.line = a.line
    INNER JOIN fact AS f ON f.report_id = a.report_id
    ANTI JOIN rejected AS r ON r.fact_id = f.fact_id
    WHERE c.total_words IS NOT NULL
    UNION
    SELECT c.line, o.fact_id, o.metric_code, w.text, c.total_words, o.number_start, o.number_end
    FROM stage_corrections AS c
    INNER JOIN admitted AS a ON a.line = c.line AND a.fault IS NULL
    INNER JOIN line_words AS w ON w.line = a.line
    INNER JOIN admitted AS o ON o.report_id = a.report_id AND o.action = 'add' AND o.fault IS NULL
    WHERE c.total_words IS NOT NULL
),
total_fact AS (
    SELECT c.line, c.fact_id, c.metric_code = a.metric_code AS is_same_metric
    FROM total_candidate AS c
    INNER JOIN admitted AS a ON a.line = c.line
    WHERE
        c.fact_id <> a.fact_id AND contains(
            substr(
                c.text,
                greatest(c.number_end - length(c.total_words), 0) + 1,
                c.number_start + length(c.total_words) - greatest(c.number_end - length(c.total_words), 0)
            ),
            c.total_words
        )
),
-- A total of the same indicator goes before those of others.
total AS (
    SELECT
        t.line, bool_or(t.is_same_metric) AS has_same_metric,
        CASE
            WHEN count(*) FILTER (WHERE t.is_same_metric) > 0 THEN count(*) FILTER (WHERE t.is_same_metric)
            ELSE count(*)
        END AS n_totals,
        arg_max(t.fact_id, (t.is_same_metric, t.fact_id)) AS fact_id,
        string_agg(t.fact_id, ', ' ORDER BY t.fact_id) AS found
    FROM total_fact AS t
    GROUP BY t.line
),
settled AS (
    SELECT
        a.line, t.fact_id AS total_fact_id, a.report_id, a.action, a.fact_id, a.number_start, a.corrected_on, h.headline,
        coalesce(a.fault, CASE
            WHEN c.total_words IS NOT NULL AND t.line IS NULL THEN {
                'outcome': 'not_found', 'reason':
                'no figure of the report stands in the words of the total (' || c.total_words
                || '); copy the words that hold its number'
            }
            WHEN c.total_words IS NOT NULL AND t.n_totals > 1 THEN {
                'outcome': 'ambiguous', 'reason':
                'several figures stand in the words of the total (' || t.found || '); copy words that hold one number'
            }
        END) AS fault
    FROM admitted AS a
    INNER JOIN stage_corrections AS c ON c.line = a.line
    LEFT JOIN total AS t ON t.line = a.line
    LEFT JOIN (
        SELECT d.metric_code, min(d.headline) AS headline
        FROM dim_headline AS d
        GROUP BY d.metric_code
    ) AS h ON h.metric_code = a.metric_code
),
-- Lines on one fact, report or added number speak of the same thing. Two indicators of one headline cannot both be added
-- on one number.
ranked AS (
    SELECT
        s.line, s.fault, s.total_fact_id,
        first_value(s.line) OVER (
            PARTITION BY
                s.fault IS NULL,
                CASE
                    WHEN s.action IN ('place', 'year', 'kind') THEN s.action || ' ' || s.report_id
                    WHEN s.action = 'add' AND s.headline IS NOT NULL
                        THEN s.report_id || ':' || s.headline || ':' || s.number_start::VARCHAR
                    ELSE s.fact_id
                END
            ORDER BY s.corrected_on DESC NULLS LAST, s.line DESC
        ) AS latest_line
    FROM settled AS s
)
SELECT
    j.line,
    CASE
        WHEN r.fault IS NOT NULL THEN struct_extract(r.fault, 'outcome')
        WHEN r.latest_line <> j.line THEN 'superseded'
        ELSE 'applied'
    END AS outcome,
    CASE
        WHEN r.fault IS NOT NULL THEN struct_extract(r.fault, 'reason')
        WHEN r.latest_line <> j.line THEN 'line ' || r.latest_line::VARCHAR || ' speaks of the same thing and is later'
    END AS outcome_reason,
    j.action,
    j.report,
    j.report_id,
    j.metric_code,
    coalesce(j.words, j.evidence) AS evidence,
    j.char_start,
    j.char_end,
    j.number_start,
    j.number_end,
    j.sentence::INTEGER AS sentence,
    CASE WHEN j.action = 'add' THEN j.is_implied END AS implicit_zero,
    j.fact_id,
    coalesce(j.other_fact_ids, []::VARCHAR[]) AS other_fact_ids,
    j.machine_expected,
    j.person_says,
    j.value_machine,
    CASE j.action WHEN 'accept' THEN j.value_machine WHEN 'reject' THEN NULL ELSE j.number_right END AS value,
    CASE j.action WHEN 'accept' THEN j.qualifier WHEN 'reject' THEN NULL ELSE j.qualifier_right END AS qualifier,
    CASE
        WHEN j.action = 'accept' THEN j.value_low
        WHEN j.action <> 'reject' AND j.qualifier_right IN ('exact', 'at_least') THEN j.number_right
    END AS value_low,
    CASE
        WHEN j.action = 'accept' THEN j.value_high
        WHEN j.action <> 'reject' AND j.qualifier_right IN ('exact', 'at_most') THEN j.number_right
    END AS value_high,
    j.unit,
    CASE WHEN j.action = 'add' THEN coalesce(c.period, 'year') ELSE c.period END AS period,
    CASE WHEN j.action = 'add' THEN coalesce(c.months, 12) ELSE c.months END::INTEGER AS months,
    CASE WHEN j.action = 'add' THEN coalesce(c.period_start, 1) ELSE c.period_start END::INTEGER AS period_start,
    CASE WHEN j.action = 'add' THEN coalesce(c.period_end, 12) ELSE c.period_end END::INTEGER AS period_end,
    CASE WHEN j.action = 'add' THEN coalesce(c.scope, '') ELSE c.scope END AS scope,
    CASE WHEN j.action = 'add' THEN coalesce(c.scope_who, '') ELSE c.scope_who END AS scope_who,
    CASE WHEN j.action = 'add' THEN coalesce(c.scope_where, '') ELSE c.scope_where END AS scope_where,
    CASE WHEN j.action = 'add' THEN coalesce(c.scope_what, '') ELSE c.scope_what END AS scope_what,
    CASE WHEN j.action = 'add' THEN coalesce(c.scope_key, '') ELSE c.scope_key END AS scope_key,
    CASE WHEN j.action = 'add' THEN coalesce(c.scope_group, '') ELSE c.scope_group END AS scope_group,
    CASE WHEN j.action = 'add' THEN coalesce(c.role, 'total') ELSE c.role END AS role,
    r.total_fact_id AS subset_of,
    j.period_machine,
    j.scope_machine,
    j.role_machine,
    j.township_code_machine,
    j.unit_right AS township_code,
    j.report_year_machine,
    CASE WHEN j.action = 'year' AND r.fault IS NULL THEN j.person_says::INTEGER END AS report_year,
    j.doc_kind_machine,
    CASE WHEN j.action = 'kind' AND r.fault IS NULL THEN j.person_says END AS doc_kind,
    j.reason,
    j.corrected_by,
    j.corrected_on
FROM judgement AS j
INNER JOIN ranked AS r ON r.line = j.line
INNER JOIN stage_corrections AS c ON c.line = j.line
ORDER BY j.line
