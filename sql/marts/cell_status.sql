-- Why a cell of township_year is empty, or that it is not: one row a unit, year and indicator with columns of its own there
-- (the headlines and the main indicators). A unit is here if there is any document of it, accepted or not; of the others
-- every cell is no_report. The years are those of the warehouse (panel_year), the same for all units. In this order:
--   stated         a figure for the whole year is in township_metric;
--   part_of_year   its figure is for some months only; or it has none, and the only accepted reports are on a part of the year;
--   implausible    the only figures are far beyond what a township can have (fact_indicator.implausible), see review_queue;
--   unsure         a headline whose only facts are ties (read_as): they may be another indicator's, see review_queue;
--   silent         the unit's reports of the year are accepted, and none states it;
--   outside_years  the unit did not exist at the end of that year (township_succession);
--   quarantined    there are documents of the unit and year, and none was accepted: reason_code says why;
--   no_report      there is no document of the unit and year.
-- So a report that a unit gives outside its years counts as what it is; without one, nothing is missing.
WITH document AS (
    SELECT
        r.township_code, r.report_year,
        bool_or(r.status = 'accepted') AS has_report,
        bool_and(coalesce(r.edition IN ('part_of_year', 'multi_year'), FALSE)) FILTER (WHERE r.status = 'accepted') AS is_part_of_year,
        -- A copy of another file is the weakest reason.
        arg_min(r.reason_code, concat(r.reason_code = 'duplicate', r.raw_path)) AS reason_code
    FROM dim_report AS r
    WHERE r.township_code IS NOT NULL
    GROUP BY r.township_code, r.report_year
),
unit AS (
    SELECT DISTINCT o.township_code
    FROM document AS o
),
unit_year AS (
    SELECT
        u.township_code, d.county_code, d.province_code, y.report_year,
        CASE
            WHEN o.has_report AND o.is_part_of_year THEN 'part_of_year'
            WHEN o.has_report THEN 'silent'
            WHEN y.report_year < s.first_year OR y.report_year > s.last_year THEN 'outside_years'
            WHEN o.township_code IS NOT NULL THEN 'quarantined'
            ELSE 'no_report'
        END AS status,
        o.reason_code
    FROM unit AS u
    CROSS JOIN panel_year AS y
    LEFT JOIN dim_division AS d ON d.level = 'township' AND d.township_code = u.township_code
    LEFT JOIN township_succession AS s ON s.township_code = u.township_code
    LEFT JOIN document AS o ON o.township_code = u.township_code AND o.report_year = y.report_year
),
figure AS (
    SELECT m.township_code, m.report_year, m.metric_code, contains(m.method, 'part_of_year') AS is_part_of_year
    FROM township_metric AS m
),
left_out AS (
    SELECT f.township_code, f.report_year, f.metric_code
    FROM fact_indicator AS f
    INNER JOIN dim_report AS r ON r.report_id = f.report_id
    WHERE f.implausible AND r.status = 'accepted' AND r.edition IS DISTINCT FROM 'multi_year'
),
implausible AS (
    SELECT l.township_code, l.report_year, l.metric_code
    FROM left_out AS l
    UNION
    SELECT l.township_code, l.report_year, h.headline
    FROM left_out AS l
    INNER JOIN dim_headline AS h ON h.metric_code = l.metric_code
),
tied AS (
    SELECT DISTINCT m.township_code, m.report_year, h.headline
    FROM township_metric AS m
    INNER JOIN dim_headline AS h ON h.metric_code = m.metric_code
    WHERE NOT m.is_headline
)
SELECT
    u.township_code,
    u.county_code,
    u.province_code,
    u.report_year,
    i.metric_code,
    CASE
        WHEN f.is_part_of_year THEN 'part_of_year'
        WHEN f.metric_code IS NOT NULL THEN 'stated'
        WHEN x.metric_code IS NOT NULL THEN 'implausible'
        WHEN t.headline IS NOT NULL THEN 'unsure'
        ELSE u.status
    END AS status,
    f.metric_code IS NOT NULL AS has_figure,
    CASE WHEN u.status = 'quarantined' THEN u.reason_code END AS reason_code
FROM unit_year AS u
CROSS JOIN dim_indicator AS i
LEFT JOIN figure AS f
    ON f.township_code = u.township_code AND f.report_year = u.report_year AND f.metric_code = i.metric_code
LEFT JOIN implausible AS x
    ON x.township_code = u.township_code AND x.report_year = u.report_year AND x.metric_code = i.metric_code
LEFT JOIN tied AS t
    ON t.township_code = u.township_code AND t.report_year = u.report_year AND t.headline = i.metric_code
WHERE i.is_headline OR i.is_main
ORDER BY u.township_code, u.report_year, i.metric_code
