-- A row is the figure of one indicator and scope in one source, brought together from its periods. It is '' in `scope` if
-- nothing sets it apart.
--   Stocks: the latest moment counts.
--   Flows: a period within a longer one is set aside. Periods that do not overlap add up; of overlapping ones the largest
--   is a lower bound. If a part of the year states more than the whole, the part is the lower bound.
--   Rates: each period that is not within a longer one stays a row of its own.
-- `facts` are those of the figure; `all_facts` also has those that repeat it or were set aside.
-- A figure of less than the year is a lower bound of a flow; of a rate it leaves both bounds unknown. `is_whole_year` is false
-- for it, and for a stock of an earlier day than the end of the year.
WITH ordered AS (
    SELECT
        p.unit_year, p.source, p.metric, p.kind, p.aggregation, p.scope, p.scope_group, p.first_month, p.last_month, p.value,
        p.value_low, p.value_high, p.facts, p.confidence, p.has_conflict, p.has_part, p.has_repeat, p.is_deduplicated,
        p.is_substitute, p.all_facts,
        max(p.last_month) OVER (
            PARTITION BY p.unit_year, p.source, p.metric, p.scope
            ORDER BY p.first_month, p.last_month DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS last_before,
        max(p.last_month) OVER (PARTITION BY p.unit_year, p.source, p.metric, p.scope) AS latest
    FROM period_figure AS p
),
judged AS (
    SELECT
        o.unit_year, o.source, o.metric, o.kind, o.aggregation, o.scope, o.scope_group, o.first_month, o.last_month, o.value,
        o.value_low, o.value_high, o.facts, o.confidence, o.has_conflict, o.has_part, o.has_repeat, o.is_deduplicated,
        o.is_substitute, coalesce(o.all_facts, o.facts) AS all_facts,
        CASE WHEN o.kind = 'stock' THEN o.last_month < o.latest ELSE coalesce(o.last_before >= o.last_month, FALSE) END
            AS is_set_aside,
        coalesce(o.last_before >= o.first_month, FALSE) AS does_overlap,
        greatest(o.last_month - greatest(o.first_month - 1, coalesce(o.last_before, 0)), 0) AS new_months,
        CASE WHEN o.aggregation = 'mean' THEN o.first_month END AS piece
    FROM ordered AS o
),
joined AS (
    SELECT
        j.unit_year, j.source, j.metric, j.kind, j.aggregation, j.scope, j.piece,
        min(j.scope_group) AS scope_group, min(j.first_month) AS first_month, max(j.last_month) AS last_month,
        count(*) AS n_periods,
        bool_or(j.does_overlap) AS does_overlap,
        -- The pieces of a rate cover the year together.
        CASE
            WHEN j.kind = 'stock' THEN max(j.last_month) = 12
            ELSE sum(sum(j.new_months)) OVER (PARTITION BY j.unit_year, j.source, j.metric, j.scope) = 12
        END AS is_whole_year,
        CASE WHEN j.aggregation = 'sum' AND NOT bool_or(j.does_overlap) THEN sum(j.value) ELSE max(j.value) END AS value,
        CASE WHEN j.aggregation = 'sum' AND NOT bool_or(j.does_overlap) THEN sum(j.value_low) ELSE max(j.value_low) END
            AS value_low,
        CASE WHEN j.aggregation = 'sum' OR count(*) = 1 THEN combined_bound('sum', j.value_high) END AS value_high,
        list_sort(flatten(list(j.facts))) AS facts, flatten(list(j.all_facts)) AS all_facts,
        min(j.confidence) AS confidence, bool_or(j.has_conflict) AS has_conflict, bool_or(j.has_part) AS has_part,
        bool_or(j.has_repeat) AS has_repeat,
        bool_or(j.is_deduplicated) AS is_deduplicated, bool_or(j.is_substitute) AS is_substitute
    FROM judged AS j
    WHERE NOT j.is_set_aside
    GROUP BY j.unit_year, j.source, j.metric, j.kind, j.aggregation, j.scope, j.piece
),
-- What was set aside, and the most that a part of the year in it proves.
set_aside AS (
    SELECT
        j.unit_year, j.source, j.metric, j.scope,
        first(
            {
                'value_low': j.value_low, 'facts': j.facts, 'confidence': j.confidence, 'has_conflict': j.has_conflict,
                'is_deduplicated': j.is_deduplicated
            }
            ORDER BY j.value_low DESC NULLS LAST, j.facts[1]
        ) AS largest,
        flatten(list(j.all_facts)) AS all_facts
    FROM judged AS j
    WHERE j.is_set_aside
    GROUP BY j.unit_year, j.source, j.metric, j.scope
),
raised AS (
    SELECT
        f.unit_year, f.source, f.metric, f.kind, f.aggregation, f.scope, f.scope_group, f.first_month, f.last_month,
        f.n_periods, f.does_overlap, f.is_whole_year, f.value, f.value_low, f.value_high, f.facts, f.confidence,
        f.has_conflict, f.has_part, f.has_repeat, f.is_deduplicated, f.is_substitute,
        CASE WHEN y.metric IS NULL THEN f.all_facts ELSE list_concat(f.all_facts, y.all_facts) END AS all_facts,
        y.metric IS NOT NULL AS has_set_aside,
        CASE WHEN f.kind = 'flow' AND f.aggregation <> 'mean' AND y.largest.value_low > f.value THEN y.largest END AS more
    FROM joined AS f
    LEFT JOIN set_aside AS y
        ON y.unit_year = f.unit_year AND y.source = f.source AND y.metric = f.metric AND y.scope = f.scope
),
alone AS (
    SELECT
        f.unit_year, f.source, f.metric, f.kind, f.aggregation, f.scope, f.scope_group, f.first_month, f.last_month,
        f.last_month = 12 AND (f.kind = 'stock' OR f.first_month = 1) AS is_whole_year, f.is_substitute, f.value, f.value_low,
        f.value_high, f.confidence, f.has_conflict OR coalesce(p.is_circle, FALSE) AS has_conflict,
        [
            {
                'report': f.report, 'number_start': f.number_start, 'fact_id': f.fact_id, 'sentence': f.sentence,
                'total_metric': CASE WHEN NOT p.is_circle THEN p.total_metric END, 'is_above': p.is_above,
                'is_tie': f.is_tie
            }
        ] AS facts
    FROM accepted_fact AS f
    LEFT JOIN part_fact AS p ON p.fact_id = f.fact_id
    WHERE f.is_alone
),
figure AS (
    SELECT
        r.unit_year, r.source, r.metric, r.kind, r.aggregation, r.scope, r.scope_group, r.first_month, r.last_month,
        r.is_whole_year, r.has_part, r.has_repeat, coalesce(r.more.is_deduplicated, r.is_deduplicated) AS is_deduplicated,
        r.is_substitute, r.all_facts,
        coalesce(r.more.value_low, r.value) AS value,
        coalesce(r.more.value_low, r.value_low) AS value_low,
        CASE WHEN r.more IS NULL THEN r.value_high END AS value_high,
        coalesce(r.more.facts, r.facts) AS facts,
        coalesce(r.more.confidence, r.confidence) AS confidence,
        r.has_conflict OR coalesce(r.more.has_conflict OR r.value_high < r.more.value_low, FALSE) AS has_conflict,
        r.has_set_aside AND r.kind <> 'stock' AS is_year_over_part,
        r.has_set_aside AND r.kind = 'stock' AS is_latest_moment,
        r.aggregation = 'sum' AND r.n_periods > 1 AND NOT r.does_overlap AS is_periods_summed,
        r.aggregation = 'sum' AND r.n_periods > 1 AND r.does_overlap AS is_possible_total
    FROM raised AS r
    UNION ALL
    SELECT
        a.unit_year, a.source, a.metric, a.kind, a.aggregation, a.scope, a.scope_group, a.first_month, a.last_month,
        a.is_whole_year, FALSE, FALSE, FALSE, a.is_substitute, a.facts, a.value, a.value_low, a.value_high, a.facts,
        a.confidence, a.has_conflict, FALSE, FALSE, FALSE, FALSE
    FROM alone AS a
)
SELECT
    f.unit_year, f.source, f.metric, f.kind, f.aggregation, f.scope, f.scope_group, f.first_month, f.last_month,
    f.is_whole_year, f.value,
    CASE WHEN f.is_whole_year OR f.kind = 'stock' OR f.aggregation <> 'mean' THEN f.value_low END AS value_low,
    CASE WHEN f.is_whole_year OR f.kind = 'stock' THEN f.value_high END AS value_high,
    f.facts, f.all_facts, f.confidence, f.has_conflict, f.has_part, f.has_repeat, f.is_deduplicated, f.is_substitute,
    f.is_year_over_part, f.is_latest_moment, f.is_periods_summed, f.is_possible_total
FROM figure AS f
