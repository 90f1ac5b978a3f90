-- A row is a unit, year and target with the facts that are not in its figure.
WITH target_fact AS (
    SELECT f.unit_year, f.metric AS target, f.report, f.number_start, f.fact_id
    FROM accepted_fact AS f
    WHERE NOT f.is_alone
    UNION ALL
    SELECT f.unit_year, t.metric, f.report, f.number_start, f.fact_id
    FROM accepted_fact AS f
    INNER JOIN numbered_metric AS m ON m.metric = f.metric
    INNER JOIN dim_headline AS h ON h.metric_code = m.metric_code
    INNER JOIN numbered_metric AS t ON t.metric_code = h.headline
),
used AS (
    SELECT c.target, unnest(c.facts).fact_id AS fact_id
    FROM chosen_figure AS c
)
SELECT
    f.unit_year,
    f.target,
    list(f.fact_id ORDER BY f.report, f.number_start, f.fact_id) AS fact_ids
FROM target_fact AS f
ANTI JOIN used AS u ON u.target = f.target AND u.fact_id = f.fact_id
GROUP BY f.unit_year, f.target
