-- One row a prefecture, year and metric that at least one of its townships states. The figure is of those that state it and of
-- no others: n_reporting of n_units stands beside it. Flows and stocks sum, rates are a plain mean, see dim_indicator.
WITH size AS (
    SELECT d.city_code, count(*) AS n_units
    FROM dim_division AS d
    WHERE d.level = 'township' AND d.valid_to IS NULL
    GROUP BY d.city_code
),
figure AS (
    SELECT
        d.city_code, m.report_year, m.metric_code, m.unit, i.aggregation,
        CASE i.aggregation WHEN 'mean' THEN avg(m.value) WHEN 'max' THEN max(m.value) ELSE sum(m.value) END AS value,
        -- One unknown bound leaves the bound of the whole unknown.
        CASE WHEN count(m.value_low) = count(*) THEN
            CASE i.aggregation WHEN 'mean' THEN avg(m.value_low) WHEN 'max' THEN max(m.value_low) ELSE sum(m.value_low) END
        END AS value_low,
        CASE WHEN count(m.value_high) = count(*) THEN
            CASE i.aggregation WHEN 'mean' THEN avg(m.value_high) WHEN 'max' THEN max(m.value_high) ELSE sum(m.value_high) END
        END AS value_high,
        bool_or(m.qualifier = 'at_least') AS is_lower_bound,
        count(*) AS n_reporting,
        count(*) FILTER (WHERE m.has_conflict) AS n_conflicts
    FROM township_metric AS m
    INNER JOIN dim_division AS d ON d.township_code = m.township_code
    INNER JOIN dim_indicator AS i ON i.metric_code = m.metric_code
    WHERE d.city_code IS NOT NULL
    GROUP BY d.city_code, m.report_year, m.metric_code, m.unit, i.aggregation
)
SELECT
    u.city_code,
    u.city_name,
    u.province_code,
    u.province_name,
    f.report_year,
    f.metric_code,
    f.value,
    f.unit,
    f.value_low,
    f.value_high,
    f.is_lower_bound,
    f.aggregation,
    f.n_reporting,
    z.n_units,
    f.n_reporting / z.n_units AS coverage,
    f.n_conflicts
FROM figure AS f
INNER JOIN dim_division AS u ON u.level = 'city' AND u.division_code = f.city_code
INNER JOIN size AS z ON z.city_code = f.city_code
ORDER BY u.city_code, f.report_year, f.metric_code
