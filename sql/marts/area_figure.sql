-- One row a county, prefecture or province, a year and an indicator that at least one of its townships states. county_year,
-- city_year and province_year are its rows of one level. The figure is that of the townships that state it: n_reporting of
-- n_units. `method` says how their figures were combined:
--   sum            flows add up;
--   year_end_sum   stocks at the end of the year add up (n_part_of_year counts the figures of an earlier day);
--   weighted_mean  a rate weighted by what it is a share of (dim_indicator.weight), if every township that states the
--                  rate also states the weight;
--   mean           any other rate: a plain mean over n_reporting townships;
--   max            the largest.
-- All years are of the same ground: a former unit counts in the area of its successor of today. A unit counts, in n_units
-- too, only in the years at whose end it existed (township_succession).
WITH place AS (
    SELECT s.township_code, s.first_year, s.last_year, 'county' AS level, s.county_code AS area_code
    FROM township_succession AS s
    UNION ALL
    SELECT s.township_code, s.first_year, s.last_year, 'city', s.city_code
    FROM township_succession AS s
    UNION ALL
    SELECT s.township_code, s.first_year, s.last_year, 'province', s.province_code
    FROM township_succession AS s
),
stated_year AS (
    SELECT DISTINCT m.report_year
    FROM township_metric AS m
),
size AS (
    SELECT p.level, p.area_code, y.report_year, count(*) AS n_units
    FROM place AS p
    INNER JOIN stated_year AS y
        ON y.report_year >= coalesce(p.first_year, y.report_year) AND y.report_year <= coalesce(p.last_year, y.report_year)
    GROUP BY p.level, p.area_code, y.report_year
),
weight AS (
    SELECT w.township_code, w.report_year, w.metric_code, w.value, w.qualifier = 'exact' AS is_exact
    FROM township_metric AS w
    WHERE w.metric_code IN (SELECT i.weight FROM dim_indicator AS i)
),
unit_figure AS (
    SELECT
        p.level, p.area_code, m.report_year, m.metric_code, m.unit, i.kind, i.aggregation, m.value, m.value_low, m.value_high,
        m.qualifier = 'at_least' AS is_lower_bound, m.has_conflict, m.method LIKE '%part_of_year%' AS is_part_of_year,
        w.value AS weight, w.is_exact AS is_weight_exact
    FROM township_metric AS m
    INNER JOIN place AS p
        ON p.township_code = m.township_code
        AND m.report_year >= coalesce(p.first_year, m.report_year) AND m.report_year <= coalesce(p.last_year, m.report_year)
    INNER JOIN dim_indicator AS i ON i.metric_code = m.metric_code
    LEFT JOIN weight AS w
        ON w.metric_code = i.weight AND w.township_code = m.township_code AND w.report_year = m.report_year
    WHERE p.area_code IS NOT NULL
),
figure AS (
    SELECT
        p.level, p.area_code, p.report_year, p.metric_code, p.unit,
        CASE
            WHEN p.aggregation = 'mean' AND count(p.weight) = count(*) AND sum(p.weight) > 0 THEN 'weighted_mean'
            WHEN p.aggregation = 'sum' AND p.kind = 'stock' THEN 'year_end_sum'
            ELSE p.aggregation
        END AS method,
        combined_value(p.aggregation, p.value) AS plain,
        combined_bound(p.aggregation, p.value_low) AS plain_low,
        combined_bound(p.aggregation, p.value_high) AS plain_high,
        sum(p.value * p.weight) / sum(p.weight) AS weighted,
        -- A rounded weight leaves the bounds unknown, as does one unknown bound.
        CASE WHEN bool_and(p.is_weight_exact) THEN combined_bound('sum', p.value_low * p.weight) / sum(p.weight) END
            AS weighted_low,
        CASE WHEN bool_and(p.is_weight_exact) THEN combined_bound('sum', p.value_high * p.weight) / sum(p.weight) END
            AS weighted_high,
        bool_or(p.is_lower_bound) AS is_lower_bound,
        count(*) AS n_reporting,
        count(*) FILTER (WHERE p.is_part_of_year) AS n_part_of_year,
        count(*) FILTER (WHERE p.has_conflict) AS n_conflicts
    FROM unit_figure AS p
    GROUP BY p.level, p.area_code, p.report_year, p.metric_code, p.unit, p.kind, p.aggregation
)
SELECT
    f.level,
    f.area_code,
    u.county_code,
    u.county_name,
    u.city_code,
    u.city_name,
    u.province_code,
    u.province_name,
    f.report_year,
    f.metric_code,
    -- Rounded, because the last digits of a sum depend on the order in which it was added up.
    round(CASE WHEN f.method = 'weighted_mean' THEN f.weighted ELSE f.plain END, 6) AS value,
    f.unit,
    round(CASE WHEN f.method = 'weighted_mean' THEN f.weighted_low ELSE f.plain_low END, 6) AS value_low,
    round(CASE WHEN f.method = 'weighted_mean' THEN f.weighted_high ELSE f.plain_high END, 6) AS value_high,
    f.is_lower_bound,
    f.method,
    f.n_reporting,
    z.n_units,
    f.n_reporting / z.n_units AS coverage,
    f.n_part_of_year,
    f.n_conflicts
FROM figure AS f
INNER JOIN dim_division AS u ON u.level = f.level AND u.division_code = f.area_code
INNER JOIN size AS z ON z.level = f.level AND z.area_code = f.area_code AND z.report_year = f.report_year
ORDER BY f.level, f.area_code, f.report_year, f.metric_code
