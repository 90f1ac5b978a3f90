-- A row is a fact and a target that it can count for. A target is what is worked out: an indicator, or a headline made of
-- several (dim_headline). For a headline only the first choice is here that a unit and year gives.
--   is_alone   no other fact counts for the target, so that there is nothing to compare;
--   set_aside  why it does not count: part, part_year or repeat (see restated_fact); a fact is a part here if its total
--              is a fact of the same target, also of another indicator;
--   sentence   where it stands, if its report gives the indicator several times.
WITH component AS (
    SELECT m.metric, t.metric AS target, h.choice, h.n_needed, h.is_lower_bound AS is_substitute
    FROM dim_headline AS h
    INNER JOIN numbered_metric AS m ON m.metric_code = h.metric_code
    INNER JOIN numbered_metric AS t ON t.metric_code = h.headline
),
candidate AS (
    SELECT
        f.unit_year, f.metric AS target, f.report, f.metric, f.aggregation, f.fact_id, f.subset_of, f.role, f.value,
        f.value_low, f.value_high, f.number_start, f.confidence, f.scope, f.is_part_year,
        1 AS n_needed, FALSE AS is_substitute
    FROM canonical_fact AS f
    UNION ALL
    SELECT
        f.unit_year, c.target, f.report, f.metric, f.aggregation, f.fact_id, f.subset_of, f.role, f.value,
        f.value_low, f.value_high, f.number_start, f.confidence, f.scope, f.is_part_year,
        c.n_needed, c.is_substitute
    FROM canonical_fact AS f
    INNER JOIN component AS c ON c.metric = f.metric
    QUALIFY c.choice = min(c.choice) OVER (PARTITION BY f.unit_year, c.target)
),
shared_target AS (
    SELECT c.unit_year, c.target
    FROM candidate AS c
    GROUP BY c.unit_year, c.target
    HAVING count(*) > 1
),
shared AS (
    SELECT
        c.unit_year, c.target, c.report, c.metric, c.aggregation, c.fact_id, c.subset_of, c.role, c.value,
        c.value_low, c.value_high, c.number_start, c.confidence, c.scope, c.is_part_year, c.n_needed, c.is_substitute
    FROM candidate AS c
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
    FALSE AS is_alone,
    CASE
        WHEN p.fact_id IS NOT NULL THEN 'part'
        WHEN r.is_shorter THEN 'part_year'
        WHEN r.is_repeat THEN 'repeat'
    END AS set_aside,
    r.sentence
FROM shared AS s
LEFT JOIN part AS p ON p.fact_id = s.fact_id AND p.target = s.target
LEFT JOIN restated_fact AS r ON r.fact_id = s.fact_id
UNION ALL
SELECT
    c.unit_year, c.target, c.report, c.metric, c.aggregation, c.fact_id, c.value, c.value_low, c.value_high,
    c.number_start, c.confidence, c.scope, c.is_part_year, c.n_needed, c.is_substitute,
    TRUE, NULL, NULL
FROM candidate AS c
ANTI JOIN shared_target AS t ON t.unit_year = c.unit_year AND t.target = c.target
