-- A row is the figure of one indicator, scope and period in one source.
--   1. Facts of one scope and period in one sentence are a list of occasions or places: they are combined.
--   2. Figures of other sentences for the same or for related scopes are about the same thing. If all their intervals meet,
--      they are one figure, within all bounds. An exact figure goes before a rounded one, then the larger, then what is no tie.
--   3. If they do not meet, the larger counts and has_conflict is raised: with its own bounds if the scopes are the same,
--      as a lower bound if they are only related. Of a maximum different lists are to be expected: the largest counts.
WITH sentence_figure AS (
    SELECT
        c.unit_year, c.source, c.metric, c.kind, c.aggregation, c.scope, c.first_month, c.last_month, c.scope_key,
        min(c.scope_group) AS scope_group,
        combined_value(c.aggregation, c.value) AS value,
        CASE
            WHEN c.aggregation = 'sum' THEN sum(c.value_low)
            WHEN c.aggregation = 'max' THEN max(c.value_low)
            WHEN count(c.value_low) = count(*) THEN min(c.value_low)
        END AS value_low,
        combined_bound(CASE WHEN c.aggregation = 'sum' THEN 'sum' ELSE 'max' END, c.value_high) AS value_high,
        list_sort(list(c.fact)) AS facts,
        min(c.confidence) AS confidence,
        bool_or(c.has_conflict) AS has_conflict,
        bool_or(c.has_part) AS has_part,
        bool_or(c.has_repeat) AS has_repeat,
        bool_or(c.is_substitute) AS is_substitute
    FROM counted_fact AS c
    GROUP BY
        c.unit_year, c.source, c.metric, c.kind, c.aggregation, c.scope, c.first_month, c.last_month, c.scope_key, c.report,
        c.sentence
),
compared AS (
    SELECT
        s.unit_year, s.source, s.metric, s.kind, s.aggregation, s.scope, s.first_month, s.last_month,
        min(s.scope_group) AS scope_group,
        count(*) > 1 AS is_restated,
        min(s.scope_key) <> max(s.scope_key) AS is_related,
        coalesce(max(s.value_low) <= min(s.value_high), TRUE) AS do_meet,
        max(s.value) AS value,
        max(s.value_low) AS max_low,
        min(s.value_high) AS min_high,
        combined_bound('max', s.value_high) AS max_high,
        first(
            {'value': s.value, 'facts': s.facts, 'confidence': s.confidence}
            ORDER BY is_exact(s.value, s.value_low, s.value_high) DESC, s.value DESC, s.value_high IS NULL, is_tied(s.facts),
                s.facts[1]
        ) AS surest,
        first(
            {'value_low': s.value_low, 'value_high': s.value_high, 'facts': s.facts, 'confidence': s.confidence}
            ORDER BY s.value DESC, s.value_low DESC NULLS LAST, s.value_high NULLS LAST, is_tied(s.facts), s.facts[1]
        ) AS largest,
        flatten(list(s.facts ORDER BY s.facts[1])) AS facts,
        min(s.confidence) AS confidence,
        bool_or(s.has_conflict) AS has_conflict,
        bool_or(s.has_part) AS has_part,
        bool_or(s.has_repeat) AS has_repeat,
        bool_or(s.is_substitute) AS is_substitute
    FROM sentence_figure AS s
    GROUP BY s.unit_year, s.source, s.metric, s.kind, s.aggregation, s.scope, s.first_month, s.last_month
)
SELECT
    c.unit_year, c.source, c.metric, c.kind, c.aggregation, c.scope, c.scope_group, c.first_month, c.last_month,
    CASE WHEN c.do_meet THEN least(greatest(c.surest.value, c.max_low), c.min_high) ELSE c.value END AS value,
    CASE
        WHEN c.do_meet OR c.aggregation = 'max' OR c.is_related THEN c.max_low
        ELSE c.largest.value_low
    END AS value_low,
    CASE
        WHEN c.do_meet THEN c.min_high
        WHEN c.aggregation = 'max' THEN c.max_high
        WHEN NOT c.is_related THEN c.largest.value_high
    END AS value_high,
    CASE WHEN c.do_meet THEN c.surest.facts WHEN c.aggregation = 'max' THEN c.facts ELSE c.largest.facts END AS facts,
    CASE WHEN c.do_meet THEN c.surest.confidence WHEN c.aggregation = 'max' THEN c.confidence ELSE c.largest.confidence END
        AS confidence,
    c.has_conflict OR NOT c.do_meet AND c.aggregation <> 'max' AS has_conflict,
    c.has_part,
    c.has_repeat,
    c.is_restated AND c.do_meet AS is_deduplicated,
    c.is_substitute,
    -- Also those that were merged into it, if there are any.
    CASE WHEN c.is_restated THEN c.facts END AS all_facts
FROM compared AS c
