-- The first accepted reports with their facts and the headlines of their unit and year. A report that is not the
-- canonical one of its unit and year has facts but no headlines.
WITH shown AS (
    SELECT r.report_id, r.raw_path, r.township_code, r.report_year, r.is_canonical
    FROM dim_report AS r
    WHERE r.status = 'accepted'
    ORDER BY r.raw_path
    LIMIT 31  -- one more than the summary shows, so that it can say that there are more
),
counted AS (
    SELECT f.report_id, count(*) AS facts
    FROM fact_indicator AS f
    SEMI JOIN shown AS s USING (report_id)
    GROUP BY f.report_id
)
SELECT
    d.township_name AS township,
    s.report_year::VARCHAR AS year,
    coalesce(c.facts, 0) AS facts,
    CASE WHEN y.trainings_held_is_lower_bound THEN '≥ ' ELSE '' END
        || format('{:,.15g}', y.trainings_held) AS trainings_held,
    CASE WHEN y.enforcement_staff_headline_is_lower_bound THEN '≥ ' ELSE '' END
        || format('{:,.15g}', y.enforcement_staff_headline) AS enforcement_staff,
    CASE WHEN y.petitions_handled_is_lower_bound THEN '≥ ' ELSE '' END
        || format('{:,.15g}', y.petitions_handled) AS petitions_handled,
    CASE WHEN y.publicity_events_headline_is_lower_bound THEN '≥ ' ELSE '' END
        || format('{:,.15g}', y.publicity_events_headline) AS publicity_events
FROM shown AS s
LEFT JOIN dim_division AS d ON d.division_code = s.township_code
LEFT JOIN counted AS c ON c.report_id = s.report_id
LEFT JOIN township_year AS y
    ON s.is_canonical AND y.township_code = s.township_code AND y.report_year = s.report_year
ORDER BY s.raw_path
