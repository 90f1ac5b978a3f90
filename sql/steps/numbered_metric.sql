-- A row is an indicator or headline; `metric` is a whole number for its code, for speed as in report_source.
WITH numbered AS (
    SELECT
        i.metric_code, i.kind, i.aggregation, i.unit, i.is_headline, i.weight, i.includes,
        row_number() OVER (ORDER BY i.metric_code)::INTEGER AS metric
    FROM dim_indicator AS i
)
SELECT
    n.metric_code,
    n.kind,
    n.aggregation,
    n.unit,
    n.is_headline,
    n.metric,
    w.metric AS weight,
    (SELECT coalesce(list(c.metric), []::INTEGER[]) FROM numbered AS c WHERE list_contains(n.includes, c.metric_code)) AS includes
FROM numbered AS n
LEFT JOIN numbered AS w ON w.metric_code = n.weight
