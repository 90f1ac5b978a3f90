-- One row a county, prefecture or province, a year and an indicator that at least one of its townships states. county_year,
-- city_year and province_year are its rows of one level. The figure is that of the townships that state it: n_reporting of
-- n_units. `method` says how their figures were combined:
--   sum            flows add up;
--   year_end_sum   stocks at the end of the year add up (n_part_of_year counts the figures of an earlier day);
--   weighted_mean  a rate weighted by what it is a share of (dim_indicator.weight), if every township that states the
--                  rate also states the weight;
--   mean           any other rate: a plain mean over n_reporting townships;
--   max            the largest.
-- So the method of a rate can differ from year to year. `mean` and `weighted_mean` are there in every year, to compare years.
-- All years are of the same ground: a former unit counts in the area of its successor of today. A unit counts, in n_units
-- too, in the years at whose end it existed (township_succession). A figure of another year (a report under the new name
-- on a year before the change, or under the old name on a year after it) counts too, unless a unit that this one was made of,
-- or that followed it, states the same: then the ground would count twice. n_dropped says how many figures that keeps out.
-- A bound that is not known below counts as 0 in a sum: the sum of the others is still a lower bound. An unknown upper
-- bound leaves the upper bound of the whole unknown. For rates both bounds are unknown if one of the units' is.
-- Special units (dim_division.unit_class) are not in n_units, because nobody expects a report of them. Where one
-- reports all the same, its figure counts, and n_special_reporting says so. `coverage` is the share of n_units whose
-- ground has a figure.
WITH stated_year AS (
    SELECT DISTINCT m.report_year
    FROM township_metric AS m
),
size AS (
    SELECT
        p.level, p.area_code, y.report_year,
        count(*) FILTER (WHERE NOT p.is_special) AS n_units,
        count(*) FILTER (WHERE p.is_special) AS n_special
    FROM area_unit AS p
    INNER JOIN stated_year AS y
        ON y.report_year >= coalesce(p.first_year, y.report_year) AND y.report_year <= coalesce(p.last_year, y.report_year)
    GROUP BY p.level, p.area_code, y.report_year
),
-- Each unit with every unit that followed it.
line AS (
    SELECT
        s.township_code AS earlier_code, s.last_year AS earlier_last_year,
        unnest(s.followed_by) AS later_code
    FROM township_succession AS s
),
stray AS (
    SELECT m.township_code, m.report_year, m.metric_code, coalesce(m.report_year < s.first_year, FALSE) AS is_before
    FROM township_metric AS m
    INNER JOIN township_succession AS s ON s.township_code = m.township_code
    WHERE m.report_year < s.first_year OR m.report_year > s.last_year
),
-- Before its first year a unit gives way to the units that it was made of, unless they had ended by then; after its last
-- year to the units that followed. So of several figures of one ground one is always left.
dropped AS (
    SELECT t.township_code, t.report_year, t.metric_code
    FROM stray AS t
    INNER JOIN line AS l ON l.later_code = t.township_code AND l.earlier_last_year >= t.report_year
    SEMI JOIN township_metric AS m
        ON m.township_code = l.earlier_code AND m.report_year = t.report_year AND m.metric_code = t.metric_code
    WHERE t.is_before
    UNION
    SELECT t.township_code, t.report_year, t.metric_code
    FROM stray AS t
    INNER JOIN line AS l ON l.earlier_code = t.township_code
    SEMI JOIN township_metric AS m
        ON m.township_code = l.later_code AND m.report_year = t.report_year AND m.metric_code = t.metric_code
    WHERE NOT t.is_before
),
dropped_count AS (
    SELECT p.level, p.area_code, d.report_year, d.metric_code, count(*) AS n_dropped
    FROM dropped AS d
    INNER JOIN area_unit AS p ON p.township_code = d.township_code
    GROUP BY p.level, p.area_code, d.report_year, d.metric_code
),
-- The units whose ground such a figure stands for: those of the same line that count in that year.
stray_ground AS (
    SELECT t.township_code, t.report_year, t.metric_code, g.township_code AS ground_code, g.unit_class
    FROM stray AS t
    INNER JOIN line AS l ON t.township_code = CASE WHEN t.is_before THEN l.later_code ELSE l.earlier_code END
    INNER JOIN township_succession AS g
        ON g.township_code = CASE WHEN t.is_before THEN l.earlier_code ELSE l.later_code END
        AND t.report_year >= coalesce(g.first_year, t.report_year) AND t.report_year <= coalesce(g.last_year, t.report_year)
    ANTI JOIN dropped AS d
        ON d.township_code = t.township_code AND d.report_year = t.report_year AND d.metric_code = t.metric_code
),
stray_cover AS (
    SELECT p.level, p.area_code, g.report_year, g.metric_code, count(DISTINCT g.ground_code) AS n_covered
    FROM stray_ground AS g
    INNER JOIN area_unit AS p ON p.township_code = g.ground_code
    WHERE g.unit_class <> 'special'
    GROUP BY p.level, p.area_code, g.report_year, g.metric_code
),
weight AS (
    SELECT w.township_code, w.report_year, w.metric_code, w.value, w.qualifier = 'exact' AS is_exact
    FROM township_metric AS w
    WHERE w.metric_code IN (SELECT i.weight FROM dim_indicator AS i)
),
unit_figure AS (
    SELECT
        p.level, p.area_code, p.is_special, m.report_year, m.metric_code, m.unit, i.kind, i.aggregation, m.value, m.value_low,
        m.value_high, m.qualifier = 'at_least' AS is_lower_bound, m.has_conflict,
        m.report_year >= coalesce(p.first_year, m.report_year) AND m.report_year <= coalesce(p.last_year, m.report_year)
            AS counts_then,
        m.method LIKE '%part_of_year%' AS is_part_of_year, w.value AS weight, w.is_exact AS is_weight_exact
    FROM township_metric AS m
    INNER JOIN area_unit AS p ON p.township_code = m.township_code
    INNER JOIN dim_indicator AS i ON i.metric_code = m.metric_code
    LEFT JOIN weight AS w
        ON w.metric_code = i.weight AND w.township_code = m.township_code AND w.report_year = m.report_year
    ANTI JOIN dropped AS d
        ON d.township_code = m.township_code AND d.report_year = m.report_year AND d.metric_code = m.metric_code
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
        CASE
            WHEN p.aggregation <> 'mean' OR count(p.value_low) = count(*) THEN combined_value(p.aggregation, p.value_low)
        END AS plain_low,
        combined_bound(p.aggregation, p.value_high) AS plain_high,
        CASE WHEN p.aggregation = 'mean' THEN avg(p.value) END AS mean,
        CASE WHEN p.aggregation = 'mean' THEN sum(p.value * p.weight) / nullif(sum(p.weight), 0) END AS weighted_mean,
        CASE WHEN p.aggregation = 'mean' THEN count(*) FILTER (WHERE p.weight > 0) END AS n_weighted,
        -- A rounded weight leaves the bounds unknown, as does one unknown bound.
        CASE WHEN bool_and(p.is_weight_exact) AND count(p.value_low) = count(*)
            THEN sum(p.value_low * p.weight) / nullif(sum(p.weight), 0)
        END AS weighted_low,
        CASE WHEN bool_and(p.is_weight_exact) AND count(p.value_high) = count(*)
            THEN sum(p.value_high * p.weight) / nullif(sum(p.weight), 0)
        END AS weighted_high,
        bool_or(p.is_lower_bound) AS is_lower_bound,
        count(*) AS n_reporting,
        count(*) FILTER (WHERE p.is_special) AS n_special_reporting,
        count(*) FILTER (WHERE NOT p.is_special AND p.counts_then) AS n_own,
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
    round(CASE WHEN f.method = 'weighted_mean' THEN f.weighted_mean ELSE f.plain END, 6) AS value,
    f.unit,
    round(CASE WHEN f.method = 'weighted_mean' THEN f.weighted_low ELSE f.plain_low END, 6) AS value_low,
    round(CASE WHEN f.method = 'weighted_mean' THEN f.weighted_high ELSE f.plain_high END, 6) AS value_high,
    f.is_lower_bound,
    f.method,
    round(f.mean, 6) AS mean,
    round(f.weighted_mean, 6) AS weighted_mean,
    f.n_weighted,
    f.n_reporting,
    coalesce(z.n_units, 0) AS n_units,
    (f.n_own + coalesce(c.n_covered, 0)) / nullif(z.n_units, 0) AS coverage,
    f.n_special_reporting,
    coalesce(z.n_special, 0) AS n_special,
    coalesce(d.n_dropped, 0) AS n_dropped,
    f.n_part_of_year,
    f.n_conflicts,
    round(b.change, 6) AS change_stable,
    coalesce(b.n_units, 0) AS n_stable
FROM figure AS f
INNER JOIN dim_division AS u ON u.level = f.level AND u.division_code = f.area_code
LEFT JOIN size AS z ON z.level = f.level AND z.area_code = f.area_code AND z.report_year = f.report_year
LEFT JOIN stray_cover AS c
    ON c.level = f.level AND c.area_code = f.area_code AND c.report_year = f.report_year AND c.metric_code = f.metric_code
LEFT JOIN stable_change AS b
    ON b.level = f.level AND b.area_code = f.area_code AND b.report_year = f.report_year AND b.metric_code = f.metric_code
LEFT JOIN dropped_count AS d
    ON d.level = f.level AND d.area_code = f.area_code AND d.report_year = f.report_year AND d.metric_code = f.metric_code
ORDER BY f.level, f.area_code, f.report_year, f.metric_code
