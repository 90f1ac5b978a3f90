-- A row is a fact and a target that it can count for. A target is an indicator, or a headline made of several
-- (dim_headline). For a headline, only the facts of the first choice that the unit states in the year are here.
WITH component AS (
    SELECT m.metric, t.metric AS target, h.choice, h.n_needed, h.is_lower_bound AS is_substitute
    FROM dim_headline AS h
    INNER JOIN numbered_metric AS m ON m.metric_code = h.metric_code
    INNER JOIN numbered_metric AS t ON t.metric_code = h.headline
)
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
