-- How several facts become one figure. A target is what is being worked out: an indicator, or a headline made of several.
--   1. Only accepted canonical reports speak; where the annual and the enforcement report both state an indicator, the
--      annual one is heard.
--   2. For a headline the first choice that is stated is taken (dim_headline).
--   3. Set aside, in this order, so that nothing set aside sets another aside: parts whose total is a fact of the same
--      target; a figure of a part of the year where one of a longer part (all begin in January) or of the whole is stated
--      of the same thing, and a figure without a scope is of anything; repeats of what is left.
--   4. Figures of one metric and one scope in one sentence are a list of occasions: they add up.
--   5. The same scope in different sentences is the same thing said again: equal figures count once, of different ones the
--      larger is kept and the conflict is raised (not for a maximum, where different lists are to be expected).
--   6. Different scopes (audiences, levels, occasions) add up; rates are averaged; a maximum is taken.
-- Most targets have a single fact, to which rules 3 to 6 do not apply: they go straight to `resolved`, and of the rest only
-- what a report states several times is ordered and compared. Codes stand as whole numbers on the way. All this is for
-- speed: done for every fact and over codes it takes three times as long.
WITH report AS (
    SELECT
        r.report_id, r.township_code, r.report_year, r.doc_family = 'annual' AS is_annual,
        row_number() OVER (ORDER BY r.report_id)::INTEGER AS report,
        dense_rank() OVER (ORDER BY r.township_code, r.report_year)::INTEGER AS unit_year
    FROM dim_report AS r
    WHERE r.status = 'accepted' AND r.is_canonical
),
metric AS (
    SELECT
        i.metric_code, i.kind, i.aggregation, i.unit, i.is_headline,
        row_number() OVER (ORDER BY i.metric_code)::INTEGER AS metric
    FROM dim_indicator AS i
),
component AS (
    SELECT m.metric, t.metric AS target, h.choice, h.n_needed, h.is_lower_bound AS is_substitute
    FROM dim_headline AS h
    INNER JOIN metric AS m ON m.metric_code = h.metric_code
    INNER JOIN metric AS t ON t.metric_code = h.headline
),
stated AS (
    SELECT
        r.report, r.unit_year, r.is_annual, m.metric, m.aggregation, f.fact_id, f.subset_of, f.role, f.value,
        f.number_start, f.sentence, f.confidence, coalesce(f.scope, '') AS scope,
        coalesce(f.value_low, CASE WHEN f.qualifier IN ('exact', 'at_least') THEN f.value END) AS value_low,
        -- Until October is less than the year: a flow of a part of the year has no upper bound for the year.
        CASE
            WHEN m.kind = 'flow' AND m.aggregation = 'sum' AND f.period <> 'year' THEN NULL
            ELSE coalesce(f.value_high, CASE WHEN f.qualifier IN ('exact', 'at_most') THEN f.value END)
        END AS value_high,
        f.period <> 'year' AS is_part_year,
        CASE
            WHEN f.period = 'year' THEN 12
            WHEN f.period LIKE '%half' THEN 6
            WHEN f.period LIKE 'q%' THEN 3
            ELSE coalesce(try_cast(right(f.period, 2) AS INTEGER), 0)
        END AS months
    FROM fact_indicator AS f
    INNER JOIN report AS r ON r.report_id = f.report_id
    INNER JOIN metric AS m ON m.metric_code = f.metric_code
),
heard AS (
    SELECT
        s.report, s.unit_year, s.metric, s.aggregation, s.fact_id, s.subset_of, s.role, s.value, s.value_low, s.value_high,
        s.number_start, s.sentence, s.confidence, s.scope, s.is_part_year, s.months
    FROM stated AS s
    WHERE
        s.is_annual
        OR NOT EXISTS (
            SELECT 1 FROM stated AS a
            WHERE a.is_annual AND a.unit_year = s.unit_year AND a.metric = s.metric
        )
),
restated_metric AS (
    SELECT h.report, h.metric
    FROM heard AS h
    GROUP BY h.report, h.metric
    HAVING count(*) > 1
),
restated AS (
    SELECT
        h.fact_id, h.report, h.metric, h.scope, h.sentence, h.months, h.role <> 'repeat' AS is_original,
        total.fact_id IS NOT NULL AS is_part
    FROM heard AS h
    INNER JOIN restated_metric AS n ON n.report = h.report AND n.metric = h.metric
    LEFT JOIN heard AS total ON h.role = 'subset' AND total.fact_id = h.subset_of AND total.metric = h.metric
),
neighbour AS (
    SELECT
        n.fact_id, n.report, n.metric, n.sentence, n.is_part, n.is_original,
        NOT n.is_part AND n.months < greatest(
            max(CASE WHEN NOT n.is_part THEN n.months END) OVER same_scope,
            max(CASE WHEN NOT n.is_part AND n.scope = '' THEN n.months END) OVER same_metric,
            CASE WHEN n.scope = '' THEN max(CASE WHEN NOT n.is_part THEN n.months END) OVER same_metric END
        ) AS is_shorter
    FROM restated AS n
    WINDOW
        same_metric AS (PARTITION BY n.report, n.metric),
        same_scope AS (PARTITION BY n.report, n.metric, n.scope)
),
sentence AS (
    SELECT
        n.fact_id, n.is_shorter,
        NOT n.is_original
        AND bool_or(n.is_original AND NOT n.is_part AND NOT n.is_shorter) OVER (PARTITION BY n.report, n.metric)
            AS is_repeat,
        n.sentence
    FROM neighbour AS n
),
claim AS (
    SELECT
        h.unit_year, h.metric AS target, h.report, h.metric, h.aggregation, h.fact_id, h.subset_of, h.role, h.value,
        h.value_low, h.value_high, h.number_start, h.confidence, h.scope, h.is_part_year,
        1 AS n_needed, FALSE AS is_substitute
    FROM heard AS h
    UNION ALL
    SELECT
        h.unit_year, c.target, h.report, h.metric, h.aggregation, h.fact_id, h.subset_of, h.role, h.value,
        h.value_low, h.value_high, h.number_start, h.confidence, h.scope, h.is_part_year,
        c.n_needed, c.is_substitute
    FROM heard AS h
    INNER JOIN component AS c ON c.metric = h.metric
    QUALIFY c.choice = min(c.choice) OVER (PARTITION BY h.unit_year, c.target)
),
shared_target AS (
    SELECT c.unit_year, c.target
    FROM claim AS c
    GROUP BY c.unit_year, c.target
    HAVING count(*) > 1
),
shared AS (
    SELECT
        c.unit_year, c.target, c.report, c.metric, c.aggregation, c.fact_id, c.subset_of, c.role, c.value,
        c.value_low, c.value_high, c.number_start, c.confidence, c.scope, c.is_part_year, c.n_needed, c.is_substitute
    FROM claim AS c
    INNER JOIN shared_target AS t ON t.unit_year = c.unit_year AND t.target = c.target
),
part AS (
    SELECT c.fact_id, c.target
    FROM shared AS c
    INNER JOIN shared AS total ON total.fact_id = c.subset_of AND total.target = c.target
    WHERE c.role = 'subset'
),
sorted_claim AS (
    SELECT
        c.unit_year, c.target, c.report, c.metric, c.aggregation, c.fact_id, c.value, c.value_low, c.value_high,
        c.number_start, c.confidence, c.scope, c.is_part_year, c.n_needed, c.is_substitute,
        CASE
            WHEN p.fact_id IS NOT NULL THEN 'part'
            WHEN s.is_shorter THEN 'part_year'
            WHEN s.is_repeat THEN 'repeat'
        END AS set_aside,
        s.sentence
    FROM shared AS c
    LEFT JOIN part AS p ON p.fact_id = c.fact_id AND p.target = c.target
    LEFT JOIN sentence AS s ON s.fact_id = c.fact_id
),
sentence_figure AS (
    SELECT
        s.unit_year, s.target, s.report, s.metric, s.scope, s.sentence, s.aggregation, s.n_needed, s.is_substitute,
        CASE s.aggregation WHEN 'mean' THEN avg(s.value) WHEN 'max' THEN max(s.value) ELSE sum(s.value) END AS value,
        -- One unknown bound leaves the bound of the whole unknown.
        CASE WHEN count(s.value_low) = count(*) THEN
            CASE s.aggregation WHEN 'mean' THEN avg(s.value_low) WHEN 'max' THEN max(s.value_low) ELSE sum(s.value_low) END
        END AS value_low,
        CASE WHEN count(s.value_high) = count(*) THEN
            CASE s.aggregation
                WHEN 'mean' THEN avg(s.value_high) WHEN 'max' THEN max(s.value_high) ELSE sum(s.value_high)
            END
        END AS value_high,
        list({'report': s.report, 'number_start': s.number_start, 'fact_id': s.fact_id}) AS facts,
        min(s.confidence) AS confidence,
        bool_or(s.is_part_year) AS is_part_year
    FROM sorted_claim AS s
    WHERE s.set_aside IS NULL AND s.sentence IS NOT NULL
    GROUP BY s.unit_year, s.target, s.report, s.metric, s.scope, s.sentence, s.aggregation, s.n_needed, s.is_substitute
),
scope_figure AS (
    SELECT
        g.unit_year, g.target, g.report, g.metric, g.aggregation, g.n_needed, g.is_substitute, g.value, g.value_low,
        g.value_high, g.facts, g.confidence, g.is_part_year,
        -- The larger; of equal ones the exact before the rounded, then the first.
        row_number() OVER (
            same_scope ORDER BY g.value DESC, (g.value_low = g.value_high) DESC NULLS LAST, g.sentence
        ) = 1 AS is_kept,
        count(*) OVER same_scope > 1 AS is_restated,
        g.aggregation <> 'max' AND min(g.value) OVER same_scope < max(g.value) OVER same_scope AS has_conflict
    FROM sentence_figure AS g
    WINDOW same_scope AS (PARTITION BY g.report, g.target, g.metric, g.scope)
),
kept AS (
    SELECT
        g.unit_year, g.target, g.report, g.metric, g.aggregation, g.n_needed, g.is_substitute, g.value, g.value_low,
        g.value_high, g.facts, g.confidence, g.is_part_year, g.has_conflict,
        g.is_restated AND NOT g.has_conflict AND g.aggregation <> 'max' AS is_restated
    FROM scope_figure AS g
    WHERE g.is_kept
    UNION ALL
    SELECT
        s.unit_year, s.target, s.report, s.metric, s.aggregation, s.n_needed, s.is_substitute, s.value, s.value_low,
        s.value_high, [{'report': s.report, 'number_start': s.number_start, 'fact_id': s.fact_id}], s.confidence,
        s.is_part_year, FALSE, FALSE
    FROM sorted_claim AS s
    WHERE s.set_aside IS NULL AND s.sentence IS NULL
),
not_kept AS (
    SELECT g.unit_year, g.target, g.report, g.facts, NULL::VARCHAR AS set_aside
    FROM scope_figure AS g
    WHERE NOT g.is_kept
    UNION ALL
    SELECT
        s.unit_year, s.target, s.report, [{'report': s.report, 'number_start': s.number_start, 'fact_id': s.fact_id}],
        s.set_aside
    FROM sorted_claim AS s
    WHERE s.set_aside IS NOT NULL
),
left_over AS (
    SELECT
        n.unit_year, n.target, min(n.report) AS first_report, max(n.report) AS last_report,
        list_transform(list_sort(flatten(list(n.facts))), lambda f : f.fact_id) AS fact_ids,
        bool_or(n.set_aside = 'part') AS has_part,
        bool_or(n.set_aside = 'part_year') AS has_part_year,
        bool_or(n.set_aside = 'repeat') AS has_repeat
    FROM not_kept AS n
    GROUP BY n.unit_year, n.target
),
resolved AS (
    SELECT
        k.unit_year, k.target, min(k.aggregation) AS aggregation, max(k.n_needed) AS n_needed,
        min(k.report) AS first_report, max(k.report) AS last_report,
        CASE min(k.aggregation) WHEN 'mean' THEN avg(k.value) WHEN 'max' THEN max(k.value) ELSE sum(k.value) END AS value,
        CASE WHEN count(k.value_low) = count(*) THEN
            CASE min(k.aggregation)
                WHEN 'mean' THEN avg(k.value_low) WHEN 'max' THEN max(k.value_low) ELSE sum(k.value_low)
            END
        END AS value_low,
        CASE WHEN count(k.value_high) = count(*) THEN
            CASE min(k.aggregation)
                WHEN 'mean' THEN avg(k.value_high) WHEN 'max' THEN max(k.value_high) ELSE sum(k.value_high)
            END
        END AS value_high,
        len(list_distinct(list(k.metric))) AS n_metrics,
        -- All claims of a target are of one choice, and a choice that stands in has one metric.
        min(CASE WHEN k.is_substitute THEN k.metric END) AS substitute,
        list_transform(list_sort(flatten(list(k.facts))), lambda f : f.fact_id) AS fact_ids,
        min(k.confidence) AS confidence,
        bool_or(k.has_conflict) AS has_conflict,
        bool_or(k.is_restated) AS is_restated,
        bool_or(k.is_part_year) AS is_part_year
    FROM kept AS k
    GROUP BY k.unit_year, k.target
    UNION ALL
    SELECT
        c.unit_year, c.target, c.aggregation, c.n_needed, c.report, c.report, c.value, c.value_low, c.value_high, 1,
        CASE WHEN c.is_substitute THEN c.metric END,
        [c.fact_id], c.confidence, FALSE, FALSE, c.is_part_year
    FROM claim AS c
    ANTI JOIN shared_target AS t ON t.unit_year = c.unit_year AND t.target = c.target
),
bounded AS (
    SELECT
        v.target, v.value, v.value_low, v.has_conflict, v.confidence,
        -- Where only some of the people or only one of two addends is stated, nothing is known of the upper bound.
        CASE WHEN v.substitute IS NULL AND v.n_metrics >= v.n_needed THEN v.value_high END AS value_high,
        concat_ws(
            '+',
            'from_' || m.metric_code,
            CASE WHEN v.n_metrics < v.n_needed THEN 'incomplete' END,
            CASE WHEN v.is_part_year THEN 'part_of_year' END,
            CASE WHEN w.has_part THEN 'total_over_parts' END,
            CASE WHEN w.has_part_year THEN 'year_over_part' END,
            CASE WHEN w.has_repeat OR v.is_restated THEN 'deduplicated' END,
            CASE WHEN v.has_conflict THEN 'larger_of_conflict' END,
            CASE
                WHEN len(v.fact_ids) = 1 THEN NULL
                WHEN v.aggregation = 'mean' THEN 'averaged'
                WHEN v.aggregation = 'max' THEN 'maximum'
                ELSE 'summed'
            END
        ) AS steps,
        v.fact_ids, coalesce(w.fact_ids, []::VARCHAR[]) AS set_aside_fact_ids,
        least(v.first_report, w.first_report) AS first_report,
        greatest(v.last_report, w.last_report) AS last_report
    FROM resolved AS v
    LEFT JOIN left_over AS w ON w.unit_year = v.unit_year AND w.target = v.target
    LEFT JOIN metric AS m ON m.metric = v.substitute
)
SELECT
    f.township_code,
    f.report_year,
    m.metric_code,
    m.is_headline,
    b.value,
    m.unit,
    CASE
        WHEN b.value_low = b.value AND b.value_high = b.value THEN 'exact'
        WHEN b.value_low = b.value THEN 'at_least'
        WHEN b.value_high = b.value THEN 'at_most'
        ELSE 'approx'
    END AS qualifier,
    b.value_low,
    b.value_high,
    len(b.fact_ids)::INTEGER AS n_facts,
    CASE WHEN b.steps = '' THEN 'single' ELSE b.steps END AS method,
    b.fact_ids,
    b.set_aside_fact_ids,
    b.has_conflict,
    b.confidence,
    -- A unit and year have two canonical reports at most, an annual and an enforcement one.
    list_sort(list_distinct([f.report_id, l.report_id])) AS report_ids
FROM bounded AS b
INNER JOIN report AS f ON f.report = b.first_report
INNER JOIN report AS l ON l.report = b.last_report
INNER JOIN metric AS m ON m.metric = b.target
ORDER BY f.unit_year, m.metric
