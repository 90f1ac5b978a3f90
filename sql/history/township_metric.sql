-- Numbers of this table that Dagster draws over time: figures of the four headlines, and how many of all figures are in
-- conflict or are lower bounds.
SELECT
    count(*) FILTER (m.is_headline) AS headline_figures,
    count(*) FILTER (m.has_conflict) AS conflicts,
    count(*) FILTER (m.qualifier = 'at_least') AS lower_bounds
FROM township_metric AS m
