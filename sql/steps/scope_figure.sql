-- A row is one figure for a scope of an indicator and target, or a figure that does not count.
--   1. Figures of one indicator and scope in one sentence are a list of occasions: they add up.
--   2. The same scope in several sentences is the same thing again: equal figures count once; of different figures the
--      larger counts and has_conflict is raised (but for a maximum, where different lists are to be expected).
-- A fact that its report gives once passes as it is. set_aside is null for what counts, else part, part_year or repeat
-- (target_fact), or same_scope for the figure that rule 2 leaves out.
WITH sentence_figure AS (
    SELECT
        f.unit_year, f.target, f.report, f.metric, f.scope, f.sentence, f.aggregation, f.n_needed, f.is_substitute,
        combined_value(f.aggregation, f.value) AS value,
        combined_bound(f.aggregation, f.value_low) AS value_low,
        combined_bound(f.aggregation, f.value_high) AS value_high,
        list({'report': f.report, 'number_start': f.number_start, 'fact_id': f.fact_id}) AS facts,
        min(f.confidence) AS confidence,
        bool_or(f.is_part_year) AS is_part_year
    FROM target_fact AS f
    WHERE f.set_aside IS NULL AND f.sentence IS NOT NULL
    GROUP BY f.unit_year, f.target, f.report, f.metric, f.scope, f.sentence, f.aggregation, f.n_needed, f.is_substitute
),
compared AS (
    SELECT
        s.unit_year, s.target, s.report, s.metric, s.aggregation, s.n_needed, s.is_substitute, s.value, s.value_low,
        s.value_high, s.facts, s.confidence, s.is_part_year,
        -- The larger; of equal ones the exact before the rounded, then the first.
        row_number() OVER (
            same_scope ORDER BY s.value DESC, (s.value_low = s.value_high) DESC NULLS LAST, s.sentence
        ) = 1 AS is_kept,
        count(*) OVER same_scope > 1 AS is_restated,
        s.aggregation <> 'max' AND min(s.value) OVER same_scope < max(s.value) OVER same_scope AS has_conflict
    FROM sentence_figure AS s
    WINDOW same_scope AS (PARTITION BY s.report, s.target, s.metric, s.scope)
)
SELECT
    c.unit_year, c.target, c.report, c.metric, c.aggregation, c.n_needed, c.is_substitute, c.value, c.value_low,
    c.value_high, c.facts, c.confidence, c.is_part_year, c.has_conflict,
    c.is_restated AND NOT c.has_conflict AND c.aggregation <> 'max' AS is_restated,
    CASE WHEN NOT c.is_kept THEN 'same_scope' END AS set_aside
FROM compared AS c
UNION ALL
SELECT
    f.unit_year, f.target, f.report, f.metric, f.aggregation, f.n_needed, f.is_substitute, f.value, f.value_low,
    f.value_high, [{'report': f.report, 'number_start': f.number_start, 'fact_id': f.fact_id}], f.confidence,
    f.is_part_year, FALSE, FALSE, f.set_aside
FROM target_fact AS f
WHERE f.set_aside IS NOT NULL OR f.sentence IS NULL
