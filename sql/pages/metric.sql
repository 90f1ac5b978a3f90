-- An indicator: how far it is stated, how its figures are spread, which counties have most, and which rules read it.
-- name: indicators
SELECT
    i.metric_code,
    i.family,
    i.name_zh,
    i.name_en,
    i.unit,
    i.kind,
    i.aggregation,
    i.weight,
    i.is_headline,
    i.counts,
    i.excludes,
    i.definition,
    i.definition_zh
FROM dim_indicator AS i
-- name: parts
-- The indicators that a headline is made of, and those that may lie within another indicator.
SELECT h.metric_code, i.name_zh, i.name_en, h.choice, h.is_lower_bound
FROM dim_headline AS h
INNER JOIN dim_indicator AS i ON i.metric_code = h.metric_code
WHERE h.headline = $code
UNION ALL
SELECT o.metric_code, o.name_zh, o.name_en, 1, FALSE
FROM dim_indicator AS o
WHERE list_contains((SELECT i.includes FROM dim_indicator AS i WHERE i.metric_code = $code), o.metric_code)
ORDER BY 4, 1
-- name: years
SELECT report_year, n_stating, n_reporting, share_stating, n_zero, n_lower_bound, n_conflicts, median, unit
FROM metric_coverage
WHERE metric_code = $code
ORDER BY report_year
-- name: counts
-- Each value with how many units state it, and how many of them only as a lower bound.
SELECT m.value, count(*) AS n, count(*) FILTER (WHERE m.qualifier = 'at_least') AS n_at_least
FROM township_metric AS m
WHERE m.metric_code = $code AND m.report_year = $year AND m.value IS NOT NULL
GROUP BY m.value
ORDER BY m.value
-- name: areas
-- All provinces in all years: the tile grid is those of one year, the trend those of one province.
-- per_unit is the figure of an area of any size: a sum is divided by the units that state it.
SELECT
    p.province_code,
    p.province_name,
    p.report_year,
    p.value,
    p.is_lower_bound,
    p.method,
    CASE WHEN p.method IN ('sum', 'year_end_sum') THEN p.value / nullif(p.n_reporting, 0) ELSE p.value END AS per_unit,
    p.n_reporting,
    p.n_units,
    p.coverage
FROM province_year AS p
WHERE p.metric_code = $code
ORDER BY p.province_code, p.report_year
-- name: ranking
WITH county AS (
    SELECT
        c.*,
        CASE WHEN c.method IN ('sum', 'year_end_sum') THEN c.value / nullif(c.n_reporting, 0) ELSE c.value END AS per_unit
    FROM county_year AS c
    WHERE
        c.metric_code = $code
        AND c.report_year = $year
        AND c.value IS NOT NULL
        AND coalesce(c.coverage, 0) >= $least
        AND ($province IS NULL OR c.province_code = $province)
)
SELECT
    rank() OVER (ORDER BY CASE WHEN $by = 'unit' THEN r.per_unit ELSE r.value END DESC) AS place,
    r.county_code,
    r.county_name,
    r.city_name,
    r.province_name,
    r.report_year,
    r.metric_code,
    r.value,
    r.unit,
    r.is_lower_bound,
    r.method,
    round(r.per_unit, 4) AS per_unit,
    r.n_reporting,
    r.n_units,
    r.coverage,
    count(*) OVER () AS n_ranked
FROM county AS r
ORDER BY place, r.county_code
LIMIT $most
-- name: counties
-- For the map: each county with the codes that it has had, as boundaries may be older than its present code.
SELECT
    c.county_code,
    c.county_name,
    CASE WHEN c.method IN ('sum', 'year_end_sum') THEN round(c.value / nullif(c.n_reporting, 0), 4) ELSE c.value END AS per_unit,
    c.is_lower_bound,
    c.n_reporting,
    c.coverage,
    (
        SELECT list(DISTINCT o.county_code_then)
        FROM dim_county_year AS o
        WHERE o.county_code = c.county_code AND NOT o.is_part AND o.county_code_then <> c.county_code
    ) AS former_codes
FROM county_year AS c
WHERE c.metric_code = $code AND c.report_year = $year AND c.value IS NOT NULL AND coalesce(c.coverage, 0) >= $least
ORDER BY c.county_code
-- name: rules
-- Of the first facts only: a table of any size then costs the same. Its rows are stored by report, in no order of meaning.
SELECT f.rule_id, f.read_as, count(*) AS n
FROM fact_indicator AS f
WHERE f.metric_code = $code AND f.rowid < $most
GROUP BY f.rule_id, f.read_as
ORDER BY n DESC, f.rule_id, f.read_as
-- name: release
SELECT codebook_version, n_facts
FROM release
