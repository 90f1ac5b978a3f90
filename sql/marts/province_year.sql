-- One row a province, year and metric that at least one of its townships states. The figure is of those that state it and of
-- no others: n_reporting of n_units stands beside it. How it is brought together stands in `method`:
--   sum            flows add up;
--   year_end_sum   stocks, which are stated as of the year's end, add up (n_part_of_year counts figures of an earlier day);
--   weighted_mean  a rate weighted by what it is a share of (dim_indicator.weight), where every township that states the
--                  rate states that too;
--   mean           any other rate: a plain mean over n_reporting townships;
--   max            the largest.
-- Years are of the same ground: a unit of the past counts where its successor lies today, and every unit, in n_units too,
-- only in the years at whose end it existed (township_succession).
-- county_year, city_year and province_year are one text with other names; a test holds them together.
WITH stated_year AS (
    SELECT DISTINCT m.report_year
    FROM township_metric AS m
),
size AS (
    SELECT s.province_code, y.report_year, count(*) AS n_units
    FROM township_succession AS s
    INNER JOIN stated_year AS y
        ON y.report_year >= coalesce(s.first_year, y.report_year) AND y.report_year <= coalesce(s.last_year, y.report_year)
    GROUP BY s.province_code, y.report_year
),
weight AS (
    SELECT w.township_code, w.report_year, w.metric_code, w.value, w.qualifier = 'exact' AS is_exact
    FROM township_metric AS w
    WHERE w.metric_code IN (SELECT i.weight FROM dim_indicator AS i)
),
placed AS (
    SELECT
        s.province_code, m.report_year, m.metric_code, m.unit, i.kind, i.aggregation, m.value, m.value_low, m.value_high,
        m.qualifier = 'at_least' AS is_lower_bound, m.has_conflict, m.method LIKE '%part_of_year%' AS is_part_of_year,
        w.value AS weight, w.is_exact AS is_weight_exact
    FROM township_metric AS m
    INNER JOIN township_succession AS s
        ON s.township_code = m.township_code
        AND m.report_year >= coalesce(s.first_year, m.report_year) AND m.report_year <= coalesce(s.last_year, m.report_year)
    INNER JOIN dim_indicator AS i ON i.metric_code = m.metric_code
    LEFT JOIN weight AS w
        ON w.metric_code = i.weight AND w.township_code = m.township_code AND w.report_year = m.report_year
    WHERE s.province_code IS NOT NULL
),
figure AS (
    SELECT
        p.province_code, p.report_year, p.metric_code, p.unit,
        CASE
            WHEN p.aggregation = 'mean' AND count(p.weight) = count(*) AND sum(p.weight) > 0 THEN 'weighted_mean'
            WHEN p.aggregation = 'sum' AND p.kind = 'stock' THEN 'year_end_sum'
            ELSE p.aggregation
        END AS method,
        sum(p.value) AS total, max(p.value) AS largest, sum(p.value * p.weight) AS weighted,
        -- One unknown bound leaves the bound of the whole unknown; so does a rounded weight.
        CASE WHEN count(p.value_low) = count(*) THEN sum(p.value_low) END AS total_low,
        CASE WHEN count(p.value_low) = count(*) THEN max(p.value_low) END AS largest_low,
        CASE WHEN count(p.value_low) = count(*) AND bool_and(p.is_weight_exact) THEN sum(p.value_low * p.weight) END
            AS weighted_low,
        CASE WHEN count(p.value_high) = count(*) THEN sum(p.value_high) END AS total_high,
        CASE WHEN count(p.value_high) = count(*) THEN max(p.value_high) END AS largest_high,
        CASE WHEN count(p.value_high) = count(*) AND bool_and(p.is_weight_exact) THEN sum(p.value_high * p.weight) END
            AS weighted_high,
        sum(p.weight) AS weight,
        bool_or(p.is_lower_bound) AS is_lower_bound,
        count(*) AS n_reporting,
        count(*) FILTER (WHERE p.is_part_of_year) AS n_part_of_year,
        count(*) FILTER (WHERE p.has_conflict) AS n_conflicts
    FROM placed AS p
    GROUP BY p.province_code, p.report_year, p.metric_code, p.unit, p.kind, p.aggregation
)
SELECT
    u.province_code,
    u.province_name,
    f.report_year,
    f.metric_code,
    -- Rounded, because the last digits of a sum depend on the order in which it was added up.
    round(
        CASE f.method
            WHEN 'weighted_mean' THEN f.weighted / f.weight
            WHEN 'mean' THEN f.total / f.n_reporting
            WHEN 'max' THEN f.largest
            ELSE f.total
        END, 6
    ) AS value,
    f.unit,
    round(
        CASE f.method
            WHEN 'weighted_mean' THEN f.weighted_low / f.weight
            WHEN 'mean' THEN f.total_low / f.n_reporting
            WHEN 'max' THEN f.largest_low
            ELSE f.total_low
        END, 6
    ) AS value_low,
    round(
        CASE f.method
            WHEN 'weighted_mean' THEN f.weighted_high / f.weight
            WHEN 'mean' THEN f.total_high / f.n_reporting
            WHEN 'max' THEN f.largest_high
            ELSE f.total_high
        END, 6
    ) AS value_high,
    f.is_lower_bound,
    f.method,
    f.n_reporting,
    z.n_units,
    f.n_reporting / z.n_units AS coverage,
    f.n_part_of_year,
    f.n_conflicts
FROM figure AS f
INNER JOIN dim_division AS u ON u.level = 'province' AND u.division_code = f.province_code
INNER JOIN size AS z ON z.province_code = f.province_code AND z.report_year = f.report_year
ORDER BY u.province_code, f.report_year, f.metric_code
