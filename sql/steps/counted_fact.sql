-- A row is a fact that counts, of an indicator with several facts in the unit and year. Left out are
--   substitutes beside a better figure (accepted_fact);
--   parts: a fact whose total is a fact of the same indicator, and a figure that states such a part again;
--   repeats by words (上述12场), where the source has an original of the same or a longer period.
-- has_part and has_repeat: such facts of the source and indicator were left out. `fact` has the fact's place and id, the
-- indicator of its total, if it has one, and whether it exceeds that total.
WITH exceeded AS (
    SELECT p.total_id, bool_or(p.is_above) AS is_exceeded
    FROM part_fact AS p
    WHERE p.metric = p.total_metric AND NOT p.is_circle
    GROUP BY p.total_id
),
judged AS (
    SELECT
        f.unit_year, f.source, f.report, f.metric, f.kind, f.aggregation, f.role, f.value, f.value_low, f.value_high,
        f.has_conflict OR coalesce(t.is_exceeded, FALSE) OR coalesce(p.is_circle, FALSE) AS has_conflict, f.sentence,
        f.confidence, f.scope_key, f.scope_group, f.scope, f.first_month, f.last_month, f.is_substitute,
        {
            'report': f.report, 'number_start': f.number_start, 'fact_id': f.fact_id, 'sentence': f.sentence,
            'total_metric': CASE WHEN NOT p.is_circle THEN p.total_metric END, 'is_above': p.is_above,
            'is_tie': f.is_tie
        } AS fact,
        coalesce(p.total_metric = f.metric AND NOT p.is_circle, FALSE) AS is_part,
        t.total_id IS NOT NULL AS is_total
    FROM accepted_fact AS f
    LEFT JOIN part_fact AS p ON p.fact_id = f.fact_id
    LEFT JOIN exceeded AS t ON t.total_id = f.fact_id
    WHERE f.is_used AND NOT f.is_alone
),
part AS (
    SELECT j.unit_year, j.source, j.metric, j.scope_key, j.first_month, j.last_month, j.value_low, j.value_high
    FROM judged AS j
    WHERE j.is_part
),
compared AS (
    SELECT
        j.unit_year, j.source, j.report, j.metric, j.kind, j.aggregation, j.role, j.value, j.value_low, j.value_high,
        j.has_conflict, j.sentence, j.confidence, j.scope_key, j.scope_group, j.scope, j.first_month, j.last_month,
        j.is_substitute, j.fact,
        j.is_part
        OR NOT j.is_total
        AND EXISTS (
            SELECT 1
            FROM part AS p
            WHERE
                p.unit_year = j.unit_year AND p.source = j.source AND p.metric = j.metric AND p.scope_key = j.scope_key
                AND p.first_month = j.first_month AND p.last_month = j.last_month
                AND coalesce(p.value_low <= j.value_high, TRUE) AND coalesce(j.value_low <= p.value_high, TRUE)
        ) AS is_part
    FROM judged AS j
),
original AS (
    SELECT c.unit_year, c.source, c.metric, c.first_month, c.last_month
    FROM compared AS c
    WHERE NOT c.is_part AND c.role <> 'repeat'
),
flagged AS (
    SELECT
        c.unit_year, c.source, c.report, c.metric, c.kind, c.aggregation, c.value, c.value_low, c.value_high, c.has_conflict,
        c.sentence, c.confidence, c.scope_key, c.scope_group, c.scope, c.first_month, c.last_month, c.is_substitute, c.fact,
        c.is_part,
        NOT c.is_part AND c.role = 'repeat'
        AND EXISTS (
            SELECT 1
            FROM original AS o
            WHERE
                o.unit_year = c.unit_year AND o.source = c.source AND o.metric = c.metric
                AND o.first_month <= c.first_month AND o.last_month >= c.last_month
        ) AS is_repeat
    FROM compared AS c
),
noted AS (
    SELECT
        f.unit_year, f.source, f.report, f.metric, f.kind, f.aggregation, f.value, f.value_low, f.value_high, f.has_conflict,
        f.sentence, f.confidence, f.scope_key, f.scope_group, f.scope, f.first_month, f.last_month, f.is_substitute, f.fact,
        f.is_part, f.is_repeat,
        bool_or(f.is_part) OVER same AS has_part,
        bool_or(f.is_repeat) OVER same AS has_repeat
    FROM flagged AS f
    WINDOW same AS (PARTITION BY f.unit_year, f.source, f.metric)
)
SELECT
    n.unit_year, n.source, n.report, n.metric, n.kind, n.aggregation, n.value, n.value_low, n.value_high, n.has_conflict,
    n.sentence, n.confidence, n.scope_key, n.scope_group, n.scope, n.first_month, n.last_month, n.is_substitute, n.fact,
    n.has_part, n.has_repeat
FROM noted AS n
WHERE NOT n.is_part AND NOT n.is_repeat
