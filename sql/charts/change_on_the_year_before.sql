-- One row for each indicator: the changes of its figure on the year before by class, how many pairs of years are exact
-- in both, of how many pairs with both figures, and the median change. A rounded or conflicting figure may differ for
-- that reason alone, and a change from zero has no share. $ends holds the upper ends of the classes.
SELECT
    c.metric_code,
    histogram(c.change_share, $ends) FILTER (WHERE c.is_exact) AS n,
    NULL AS n_lower_bounds,
    count(c.change_share) FILTER (WHERE c.is_exact) AS n_stating,
    count(*) AS n_possible,
    median(c.change_share) FILTER (WHERE c.is_exact) AS median
FROM township_change AS c
GROUP BY c.metric_code
