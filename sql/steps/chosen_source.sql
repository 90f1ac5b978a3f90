-- A row is a unit, year and indicator that several sources could state, and the source that is chosen: one with a figure of the
-- whole year before one of a part, one with an unscoped figure before scoped ones, then the canonical report, the annual one,
-- the first.
WITH source AS (
    SELECT r.unit_year, r.source, bool_or(r.is_canonical) AS is_canonical, bool_or(r.is_annual) AS is_annual
    FROM report_source AS r
    GROUP BY r.unit_year, r.source
    QUALIFY count(*) OVER (PARTITION BY r.unit_year) > 1
)
SELECT
    s.unit_year,
    s.metric,
    s.source,
    any_value(v.is_canonical) AS is_canonical
FROM scope_figure AS s
INNER JOIN source AS v ON v.unit_year = s.unit_year AND v.source = s.source
GROUP BY s.unit_year, s.metric, s.source
QUALIFY row_number() OVER (
    PARTITION BY s.unit_year, s.metric
    ORDER BY
        bool_or(s.is_whole_year) DESC, bool_or(s.scope = '') DESC, any_value(v.is_canonical) DESC,
        any_value(v.is_annual) DESC, s.source
) = 1
