-- A row is a fact of an accepted canonical report, with bounds for the whole year. If both the annual report and the
-- enforcement report of a unit and year give an indicator, only the facts of the annual one are here.
WITH fact AS (
    SELECT
        r.report, r.unit_year, r.is_annual, m.metric, m.aggregation, f.fact_id, f.subset_of, f.role, f.value,
        f.number_start, f.sentence, f.confidence, coalesce(f.scope, '') AS scope, f.months,
        f.period <> 'year' AS is_part_year,
        coalesce(f.value_low, CASE WHEN f.qualifier IN ('exact', 'at_least') THEN f.value END) AS value_low,
        -- A flow of a part of the year, such as January to October, has no upper bound for the whole year.
        CASE
            WHEN m.kind = 'flow' AND m.aggregation = 'sum' AND f.period <> 'year' THEN NULL
            ELSE coalesce(f.value_high, CASE WHEN f.qualifier IN ('exact', 'at_most') THEN f.value END)
        END AS value_high
    FROM fact_indicator AS f
    INNER JOIN canonical_report AS r ON r.report_id = f.report_id
    INNER JOIN numbered_metric AS m ON m.metric_code = f.metric_code
)
SELECT
    f.report,
    f.unit_year,
    f.metric,
    f.aggregation,
    f.fact_id,
    f.subset_of,
    f.role,
    f.value,
    f.value_low,
    f.value_high,
    f.number_start,
    f.sentence,
    f.confidence,
    f.scope,
    f.months,
    f.is_part_year
FROM fact AS f
WHERE
    f.is_annual
    OR NOT EXISTS (
        SELECT 1 FROM fact AS a
        WHERE a.is_annual AND a.unit_year = f.unit_year AND a.metric = f.metric
    )
