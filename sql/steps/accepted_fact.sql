-- A row is a fact of an accepted report, as it enters the rules (docs/figures.md). An implausible one does not, and neither
-- do its parts: they are not the whole, and the whole is not known.
--   first_month, last_month  the months it is for; a stock is counted in one month, the last of its period;
--   scope                    what is compared: the group of related scopes, for a rate the scope itself;
--   has_conflict             its bounds contradict each other, or its period ends before it begins;
--   is_alone                 the unit and year has no other fact of the indicator;
--   is_used                  it is no substitute, or the unit and year has nothing else of the indicator.
WITH implausible AS (
    SELECT f.fact_id, f.metric_code
    FROM fact_indicator AS f
    WHERE f.implausible
),
fact AS (
    SELECT
        r.unit_year, r.source, r.report, m.metric, m.kind, m.aggregation, f.fact_id, f.subset_of, f.role, f.is_substitute,
        f.value, f.number_start, f.sentence, f.confidence, f.scope_key, f.scope_group,
        is_tie(f.read_as, f.corrected_by) AS is_tie,
        least(f.period_start, f.period_end) AS first_month, greatest(f.period_start, f.period_end) AS last_month,
        f.period_start > f.period_end AS is_reversed,
        known_low(f.value, f.value_low, f.qualifier) AS value_low,
        known_high(f.value, f.value_high, f.qualifier) AS value_high
    FROM fact_indicator AS f
    INNER JOIN report_source AS r ON r.report_id = f.report_id
    INNER JOIN numbered_metric AS m ON m.metric_code = f.metric_code
    LEFT JOIN implausible AS t ON t.fact_id = f.subset_of AND t.metric_code = f.metric_code AND f.role = 'subset'
    WHERE NOT f.implausible AND t.fact_id IS NULL
),
bounded AS (
    SELECT
        f.unit_year, f.source, f.report, f.metric, f.kind, f.aggregation, f.fact_id, f.subset_of, f.role, f.is_substitute,
        f.value, f.value_low, f.value_high, f.number_start, f.sentence, f.confidence, f.scope_key, f.scope_group,
        f.first_month, f.last_month, f.is_reversed, f.is_tie,
        do_bounds_contradict(f.value, f.value_low, f.value_high) AS is_contradictory
    FROM fact AS f
),
same_metric AS (
    SELECT f.unit_year, f.metric, count(*) = 1 AS is_alone, bool_or(NOT f.is_substitute) AS has_original
    FROM fact AS f
    GROUP BY f.unit_year, f.metric
)
SELECT
    f.unit_year, f.source, f.report, f.metric, f.kind, f.aggregation, f.fact_id, f.subset_of, f.role, f.is_substitute, f.value,
    -- The smallest and the largest that the report states, where its bounds contradict each other.
    CASE WHEN f.is_contradictory THEN least(f.value_low, f.value, f.value_high) ELSE f.value_low END AS value_low,
    CASE WHEN f.is_contradictory THEN greatest(f.value_low, f.value, f.value_high) ELSE f.value_high END AS value_high,
    f.is_reversed OR f.is_contradictory AS has_conflict,
    f.number_start, f.sentence, f.confidence, f.is_tie, f.scope_key, f.scope_group,
    CASE WHEN f.aggregation = 'mean' THEN f.scope_key ELSE f.scope_group END AS scope,
    CASE WHEN f.kind = 'stock' THEN f.last_month ELSE f.first_month END AS first_month,
    f.last_month,
    s.is_alone,
    NOT f.is_substitute OR NOT s.has_original AS is_used
FROM bounded AS f
INNER JOIN same_metric AS s ON s.unit_year = f.unit_year AND s.metric = f.metric
