-- How several facts become one figure. A target is what is being worked out: an indicator, or a headline made of several.
--   1. Only accepted canonical reports speak; where the annual and the enforcement report both state an indicator, the
--      annual one is heard.
--   2. For a headline the first choice that is stated is taken (dim_headline).
--   3. Set aside: repeats; parts whose total is a fact of the same target; a figure of a part of the year where the whole
--      year's is stated.
--   4. Figures of one metric and one scope in one sentence are a list of occasions: they add up.
--   5. The same scope in different sentences is the same thing said again: equal figures count once, of different ones the
--      larger is kept and the conflict is raised (not for a maximum, where different lists are to be expected).
--   6. Different scopes (audiences, levels, occasions) add up; rates are averaged; a maximum is taken.
WITH heard AS (
    SELECT
        f.fact_id, f.report_id, r.township_code, r.report_year, f.metric_code, f.value, f.role, f.subset_of,
        coalesce(f.scope, '') AS scope, f.number_start, f.number_end, f.confidence, i.aggregation,
        coalesce(f.value_low, CASE WHEN f.qualifier IN ('exact', 'at_least') THEN f.value END) AS value_low,
        -- Until October is less than the year: a flow of a part of the year has no upper bound for the year.
        CASE
            WHEN i.kind = 'flow' AND i.aggregation = 'sum' AND f.period <> 'year' THEN NULL
            ELSE coalesce(f.value_high, CASE WHEN f.qualifier IN ('exact', 'at_most') THEN f.value END)
        END AS value_high,
        f.period <> 'year' AS is_part_year
    FROM fact_indicator AS f
    INNER JOIN dim_report AS r ON r.report_id = f.report_id
    INNER JOIN dim_indicator AS i ON i.metric_code = f.metric_code
    WHERE r.status = 'accepted' AND r.is_canonical
    QUALIFY rank() OVER (
        PARTITION BY r.township_code, r.report_year, f.metric_code
        ORDER BY CASE r.doc_family WHEN 'annual' THEN 1 ELSE 2 END
    ) = 1
),
claim AS (
    SELECT
        h.fact_id, h.report_id, h.township_code, h.report_year, h.metric_code, h.value, h.role, h.subset_of,
        h.scope, h.number_start, h.number_end, h.confidence, h.aggregation, h.value_low, h.value_high, h.is_part_year,
        h.metric_code AS target, 1 AS n_needed, FALSE AS is_substitute
    FROM heard AS h
    UNION ALL
    SELECT
        h.fact_id, h.report_id, h.township_code, h.report_year, h.metric_code, h.value, h.role, h.subset_of,
        h.scope, h.number_start, h.number_end, h.confidence, h.aggregation, h.value_low, h.value_high, h.is_part_year,
        c.headline AS target, c.n_needed, c.is_lower_bound AS is_substitute
    FROM heard AS h
    INNER JOIN dim_headline AS c ON c.metric_code = h.metric_code
    QUALIFY c.choice = min(c.choice) OVER (PARTITION BY h.township_code, h.report_year, c.headline)
),
sorted_claim AS (
    SELECT
        c.fact_id, c.report_id, c.township_code, c.report_year, c.metric_code, c.value, c.scope, c.number_start,
        c.number_end, c.confidence, c.aggregation, c.value_low, c.value_high, c.target, c.n_needed, c.is_substitute,
        c.is_part_year,
        CASE
            WHEN total.fact_id IS NOT NULL THEN 'part'
            WHEN c.role = 'repeat' AND bool_or(c.role <> 'repeat') OVER same_metric THEN 'repeat'
            WHEN c.is_part_year AND bool_or(NOT c.is_part_year) OVER same_scope THEN 'part_year'
        END AS set_aside
    FROM claim AS c
    LEFT JOIN claim AS total
        ON c.role = 'subset' AND total.fact_id = c.subset_of AND total.target = c.target
    WINDOW
        same_metric AS (PARTITION BY c.report_id, c.target, c.metric_code),
        same_scope AS (PARTITION BY c.report_id, c.target, c.metric_code, c.scope)
),
neighbour AS (
    SELECT
        s.fact_id, s.report_id, s.target, s.number_start,
        lag(s.number_end) OVER (
            PARTITION BY s.report_id, s.target, s.metric_code, s.scope ORDER BY s.number_start, s.fact_id
        ) AS previous_end
    FROM sorted_claim AS s
    WHERE s.set_aside IS NULL
),
new_sentence AS (
    -- Only the text between two neighbours is looked at, and only where there are two.
    SELECT n.fact_id, n.target
    FROM neighbour AS n
    INNER JOIN report_text AS t ON t.report_id = n.report_id
    WHERE
        n.previous_end IS NOT NULL
        AND regexp_matches(
            substr(t.text, n.previous_end + 1, greatest(n.number_start - n.previous_end, 0)), '[。！？!?\n]'
        )
),
placed AS (
    SELECT
        s.fact_id, s.report_id, s.township_code, s.report_year, s.metric_code, s.value, s.scope, s.number_start,
        s.confidence, s.aggregation, s.value_low, s.value_high, s.target, s.n_needed, s.is_substitute, s.is_part_year,
        count(b.fact_id) OVER (
            PARTITION BY s.report_id, s.target, s.metric_code, s.scope
            ORDER BY s.number_start, s.fact_id ROWS UNBOUNDED PRECEDING
        ) AS sentence
    FROM sorted_claim AS s
    LEFT JOIN new_sentence AS b ON b.fact_id = s.fact_id AND b.target = s.target
    WHERE s.set_aside IS NULL
),
sentence_figure AS (
    SELECT
        p.report_id, p.township_code, p.report_year, p.target, p.metric_code, p.scope, p.sentence, p.aggregation,
        CASE p.aggregation WHEN 'mean' THEN avg(p.value) WHEN 'max' THEN max(p.value) ELSE sum(p.value) END AS value,
        -- One unknown bound leaves the bound of the whole unknown.
        CASE WHEN count(p.value_low) = count(*) THEN
            CASE p.aggregation WHEN 'mean' THEN avg(p.value_low) WHEN 'max' THEN max(p.value_low) ELSE sum(p.value_low) END
        END AS value_low,
        CASE WHEN count(p.value_high) = count(*) THEN
            CASE p.aggregation WHEN 'mean' THEN avg(p.value_high) WHEN 'max' THEN max(p.value_high) ELSE sum(p.value_high) END
        END AS value_high,
        count(*) AS n_facts
    FROM placed AS p
    GROUP BY
        p.report_id, p.township_code, p.report_year, p.target, p.metric_code, p.scope, p.sentence, p.aggregation
),
scope_figure AS (
    SELECT
        g.report_id, g.township_code, g.report_year, g.target, g.metric_code, g.scope, g.sentence, g.aggregation,
        g.value, g.value_low, g.value_high, g.n_facts,
        count(*) OVER same_scope > 1 AS is_restated,
        g.aggregation <> 'max' AND min(g.value) OVER same_scope < max(g.value) OVER same_scope AS has_conflict
    FROM sentence_figure AS g
    WINDOW same_scope AS (PARTITION BY g.report_id, g.target, g.metric_code, g.scope)
    -- The larger; of equal ones the exact before the rounded, then the first.
    QUALIFY row_number() OVER (
        PARTITION BY g.report_id, g.target, g.metric_code, g.scope
        ORDER BY g.value DESC, (g.value_low = g.value_high) DESC NULLS LAST, g.sentence
    ) = 1
),
target_figure AS (
    SELECT
        g.township_code, g.report_year, g.target,
        CASE min(g.aggregation) WHEN 'mean' THEN avg(g.value) WHEN 'max' THEN max(g.value) ELSE sum(g.value) END AS value,
        CASE WHEN count(g.value_low) = count(*) THEN
            CASE min(g.aggregation)
                WHEN 'mean' THEN avg(g.value_low) WHEN 'max' THEN max(g.value_low) ELSE sum(g.value_low)
            END
        END AS value_low,
        CASE WHEN count(g.value_high) = count(*) THEN
            CASE min(g.aggregation)
                WHEN 'mean' THEN avg(g.value_high) WHEN 'max' THEN max(g.value_high) ELSE sum(g.value_high)
            END
        END AS value_high,
        min(g.aggregation) AS aggregation,
        sum(g.n_facts) AS n_facts,
        count(DISTINCT g.metric_code) AS n_metrics,
        bool_or(g.has_conflict) AS has_conflict,
        bool_or(g.is_restated AND NOT g.has_conflict AND g.aggregation <> 'max') AS is_restated
    FROM scope_figure AS g
    GROUP BY g.township_code, g.report_year, g.target
),
target_facts AS (
    SELECT
        s.township_code, s.report_year, s.target,
        list(s.fact_id ORDER BY s.report_id, s.number_start, s.fact_id) FILTER (WHERE g.report_id IS NOT NULL) AS fact_ids,
        list(s.fact_id ORDER BY s.report_id, s.number_start, s.fact_id) FILTER (WHERE g.report_id IS NULL)
            AS set_aside_fact_ids,
        list(DISTINCT s.report_id ORDER BY s.report_id) AS report_ids,
        min(s.confidence) FILTER (WHERE g.report_id IS NOT NULL) AS confidence,
        bool_or(s.set_aside = 'part') AS has_part,
        bool_or(s.set_aside = 'repeat') AS has_repeat,
        bool_or(s.set_aside = 'part_year') AS has_part_year,
        bool_or(s.is_part_year AND g.report_id IS NOT NULL) AS is_part_year,
        max(s.n_needed) AS n_needed,
        -- All claims of a target are of one choice, and a choice that stands in has one metric.
        min(CASE WHEN s.is_substitute THEN s.metric_code END) AS substitute
    FROM sorted_claim AS s
    LEFT JOIN placed AS p ON p.fact_id = s.fact_id AND p.target = s.target
    LEFT JOIN scope_figure AS g
        ON
            g.report_id = p.report_id AND g.target = p.target AND g.metric_code = p.metric_code
            AND g.scope = p.scope AND g.sentence = p.sentence
    GROUP BY s.township_code, s.report_year, s.target
),
bounded AS (
    SELECT
        v.township_code, v.report_year, v.target, v.value, v.value_low, v.aggregation, v.n_facts, v.has_conflict,
        -- Where only some of the people or only one of two addends is stated, nothing is known of the upper bound.
        CASE WHEN w.substitute IS NULL AND v.n_metrics >= w.n_needed THEN v.value_high END AS value_high,
        concat_ws(
            '+',
            'from_' || w.substitute,
            CASE WHEN v.n_metrics < w.n_needed THEN 'incomplete' END,
            CASE WHEN w.is_part_year THEN 'part_of_year' END,
            CASE WHEN w.has_part THEN 'total_over_parts' END,
            CASE WHEN w.has_part_year THEN 'year_over_part' END,
            CASE WHEN w.has_repeat OR v.is_restated THEN 'deduplicated' END,
            CASE WHEN v.has_conflict THEN 'larger_of_conflict' END,
            CASE
                WHEN v.n_facts = 1 THEN NULL
                WHEN v.aggregation = 'mean' THEN 'averaged'
                WHEN v.aggregation = 'max' THEN 'maximum'
                ELSE 'summed'
            END
        ) AS steps,
        w.fact_ids,
        coalesce(w.set_aside_fact_ids, []::VARCHAR[]) AS set_aside_fact_ids,
        w.report_ids,
        w.confidence
    FROM target_figure AS v
    INNER JOIN target_facts AS w
        ON w.township_code = v.township_code AND w.report_year = v.report_year AND w.target = v.target
)
SELECT
    b.township_code,
    b.report_year,
    b.target AS metric_code,
    i.is_headline,
    b.value,
    i.unit,
    CASE
        WHEN b.value_low = b.value AND b.value_high = b.value THEN 'exact'
        WHEN b.value_low = b.value THEN 'at_least'
        WHEN b.value_high = b.value THEN 'at_most'
        ELSE 'approx'
    END AS qualifier,
    b.value_low,
    b.value_high,
    b.n_facts::INTEGER AS n_facts,
    CASE WHEN b.steps = '' THEN 'single' ELSE b.steps END AS method,
    b.fact_ids,
    b.set_aside_fact_ids,
    b.has_conflict,
    b.confidence,
    b.report_ids
FROM bounded AS b
INNER JOIN dim_indicator AS i ON i.metric_code = b.target
ORDER BY b.township_code, b.report_year, b.target
