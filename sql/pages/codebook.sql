-- The codebook: every indicator with its definition. The examples stand in the codebook's own files.
-- name: indicators
SELECT
    metric_code,
    family,
    name_zh,
    name_en,
    unit,
    kind,
    aggregation,
    counts,
    excludes,
    definition,
    definition_zh,
    is_headline,
    is_main
FROM dim_indicator
ORDER BY NOT is_headline, family, metric_code
