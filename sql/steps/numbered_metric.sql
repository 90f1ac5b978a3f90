-- A row is an indicator or headline; `metric` is a whole number for its code, for speed as in canonical_report.
SELECT
    i.metric_code,
    i.kind,
    i.aggregation,
    i.unit,
    i.is_headline,
    row_number() OVER (ORDER BY i.metric_code)::INTEGER AS metric
FROM dim_indicator AS i
