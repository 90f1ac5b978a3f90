-- One row a number of any report, with its disposition. Corrections of facts (table correction) are applied to their
-- numbers too. The number of a rejected fact is `rejected`, or it belongs to another fact that it gave. The numbers under an
-- added fact become facts. If the machine found no number there, the words that the person named are one, unless they imply
-- a zero.
WITH rejected AS (
    SELECT c.fact_id, c.report_id, c.other_fact_ids
    FROM correction AS c
    WHERE c.outcome = 'applied' AND c.action = 'reject'
),
added AS (
    SELECT c.fact_id, c.report_id, c.number_start, c.number_end, c.value, c.evidence, c.char_start
    FROM correction AS c
    WHERE c.outcome = 'applied' AND c.action = 'add' AND NOT c.implicit_zero
),
other AS (
    SELECT r.fact_id, unnest(r.other_fact_ids) AS other_fact_id
    FROM rejected AS r
),
left_over AS (
    SELECT o.fact_id, min(o.other_fact_id) AS other_fact_id
    FROM other AS o
    ANTI JOIN rejected AS r ON r.fact_id = o.other_fact_id
    GROUP BY o.fact_id
),
-- The numbers that a correction is about, each with the machine's fact and the added one.
corrected_number AS (
    SELECT n.report_id, n.char_start, n.char_end, n.fact_id, NULL::VARCHAR AS added_fact_id
    FROM stage_numbers AS n
    INNER JOIN rejected AS r ON r.report_id = n.report_id AND r.fact_id = n.fact_id
    UNION ALL
    SELECT n.report_id, n.char_start, n.char_end, n.fact_id, a.fact_id
    FROM stage_numbers AS n
    INNER JOIN added AS a ON a.report_id = n.report_id AND a.number_start < n.char_end AND a.number_end > n.char_start
),
resolved_number AS (
    SELECT
        s.report_id, s.char_start, s.char_end,
        coalesce(min(CASE WHEN r.fact_id IS NULL THEN s.fact_id ELSE o.other_fact_id END), min(s.added_fact_id)) AS fact_id
    FROM corrected_number AS s
    LEFT JOIN rejected AS r ON r.fact_id = s.fact_id
    LEFT JOIN left_over AS o ON o.fact_id = s.fact_id
    GROUP BY s.report_id, s.char_start, s.char_end
),
number AS (
    SELECT
        n.report_id, n.char_start, n.char_end, n.text, n.value, n.unit_raw, n.context,
        CASE
            WHEN s.report_id IS NULL THEN n.disposition
            WHEN s.fact_id IS NULL THEN 'rejected'
            ELSE 'fact'
        END AS disposition,
        CASE WHEN s.report_id IS NULL THEN n.fact_id ELSE s.fact_id END AS fact_id
    FROM stage_numbers AS n
    LEFT JOIN resolved_number AS s ON s.report_id = n.report_id AND s.char_start = n.char_start AND s.char_end = n.char_end
    UNION ALL
    SELECT
        a.report_id, a.number_start, a.number_end,
        substr(a.evidence, a.number_start - a.char_start + 1, a.number_end - a.number_start), a.value, NULL::VARCHAR, NULL::VARCHAR,
        'fact', a.fact_id
    FROM added AS a
    ANTI JOIN corrected_number AS s ON s.added_fact_id = a.fact_id
)
SELECT
    n.report_id,
    n.char_start,
    n.char_end,
    n.text,
    n.value,
    n.unit_raw,
    n.disposition,
    n.fact_id,
    n.context
FROM number AS n
ORDER BY n.report_id, n.char_start, n.char_end
