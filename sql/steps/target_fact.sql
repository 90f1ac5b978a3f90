-- A row is a fact and a shared target.
--   set_aside  why the fact does not count; null if it counts. part: its total is a fact of the same target, also of
--              another indicator. part_year, repeat: is_shorter and is_repeat of restated_fact;
--   sentence   its sentence, if its report gives the indicator several times.
WITH shared AS (
    SELECT
        c.unit_year, c.target, c.report, c.metric, c.aggregation, c.fact_id, c.subset_of, c.role, c.value,
        c.value_low, c.value_high, c.number_start, c.confidence, c.scope, c.is_part_year, c.n_needed, c.is_substitute
    FROM target_candidate AS c
    INNER JOIN shared_target AS t ON t.unit_year = c.unit_year AND t.target = c.target
),
part AS (
    SELECT s.fact_id, s.target
    FROM shared AS s
    INNER JOIN shared AS total ON total.fact_id = s.subset_of AND total.target = s.target
    WHERE s.role = 'subset'
)
SELECT
    s.unit_year, s.target, s.report, s.metric, s.aggregation, s.fact_id, s.value, s.value_low, s.value_high,
    s.number_start, s.confidence, s.scope, s.is_part_year, s.n_needed, s.is_substitute,
    CASE
        WHEN p.fact_id IS NOT NULL THEN 'part'
        WHEN r.is_shorter THEN 'part_year'
        WHEN r.is_repeat THEN 'repeat'
    END AS set_aside,
    r.sentence
FROM shared AS s
LEFT JOIN part AS p ON p.fact_id = s.fact_id AND p.target = s.target
LEFT JOIN restated_fact AS r ON r.fact_id = s.fact_id
