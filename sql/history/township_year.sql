-- Numbers of this table that Dagster draws over time: the share of units and years that state each headline.
SELECT
    count(y.trainings_held) / nullif(count(*), 0) AS trainings_held_coverage,
    count(y.enforcement_staff_headline) / nullif(count(*), 0) AS enforcement_staff_coverage,
    count(y.petitions_handled) / nullif(count(*), 0) AS petitions_handled_coverage,
    count(y.publicity_events_headline) / nullif(count(*), 0) AS publicity_events_coverage
FROM township_year AS y
