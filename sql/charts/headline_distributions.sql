-- One row for each headline: the figures by class, the lower bounds among them by class, how many units and years state
-- it, of how many with a report, and the median. $ends holds the upper ends of the classes.
WITH figure AS (
    SELECT 'trainings_held' AS headline, y.trainings_held AS value, y.trainings_held_is_lower_bound AS is_lower_bound
    FROM township_year AS y
    UNION ALL
    SELECT 'enforcement_staff_headline', y.enforcement_staff_headline, y.enforcement_staff_headline_is_lower_bound
    FROM township_year AS y
    UNION ALL
    SELECT 'petitions_handled', y.petitions_handled, y.petitions_handled_is_lower_bound
    FROM township_year AS y
    UNION ALL
    SELECT 'publicity_events_headline', y.publicity_events_headline, y.publicity_events_headline_is_lower_bound
    FROM township_year AS y
)
SELECT
    f.headline,
    histogram(f.value, $ends) AS n,
    histogram(f.value, $ends) FILTER (WHERE f.is_lower_bound) AS n_lower_bounds,
    count(f.value) AS n_stating,
    count(*) AS n_possible,
    median(f.value) AS median
FROM figure AS f
GROUP BY f.headline
