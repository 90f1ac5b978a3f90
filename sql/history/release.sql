-- Numbers of a release that Dagster draws over time. `headline_coverage` is the share of reporting units, over all years,
-- that state a headline figure, over the four headlines.
SELECT
    r.n_files AS reports,
    r.n_accepted AS accepted,
    r.n_quarantined AS quarantined,
    r.n_facts AS facts,
    r.n_numbers AS numbers,
    r.unclassified_share,
    (
        SELECT sum(c.n_stating) / nullif(sum(c.n_reporting), 0)
        FROM metric_coverage AS c
        WHERE c.is_headline
    ) AS headline_coverage
FROM release AS r
