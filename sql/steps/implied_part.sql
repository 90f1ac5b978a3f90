-- A row is a part of another figure of its option, although no word (其中) marks it as one: 全年共20场, and 进校园6场,
-- 进企业14场 in another sentence. The total is unscoped. Its parts are two or more exact figures that add up to it. The first of
-- these groups that does is taken: all other figures of the option; all of the total's own indicator; all of one sentence (of
-- each sentence that adds up to it). Figures of other indicators are in a group only if the total's indicator may include
-- others (dim_indicator.includes).
WITH figure AS (
    SELECT
        o.unit_year, o.target, o.option, o.metric, o.scope, o.value, o.all_facts,
        o.facts[1].fact_id AS figure,
        is_exact(o.value, o.value_low, o.value_high) AND o.value > 0 AS can_be_part,
        len(m.includes) > 0 AS is_general
    FROM option_figure AS o
    INNER JOIN numbered_metric AS m ON m.metric = o.metric
    WHERE o.n_figures > 2 AND o.aggregation = 'sum' AND NOT o.is_part
),
pair AS (
    SELECT
        t.unit_year, t.target, t.option, t.figure AS total, t.value AS total_value,
        p.figure AS part, p.value, p.can_be_part, p.metric = t.metric AS is_same_metric, p.all_facts
    FROM figure AS t
    INNER JOIN figure AS p
        ON p.unit_year = t.unit_year AND p.target = t.target AND p.option = t.option AND p.figure <> t.figure
        AND (p.metric = t.metric OR t.is_general)
    WHERE t.scope = '' AND t.value > 0
),
member AS (
    SELECT p.total, p.target, p.option, p.total_value, p.part, p.value, p.can_be_part, 1 AS attempt, 0 AS report, 0 AS sentence
    FROM pair AS p
    UNION ALL
    SELECT p.total, p.target, p.option, p.total_value, p.part, p.value, p.can_be_part, 2, 0, 0
    FROM pair AS p
    WHERE p.is_same_metric
    UNION ALL
    SELECT DISTINCT
        p.total, p.target, p.option, p.total_value, p.part, p.value, p.can_be_part, 3, f.fact.report, f.fact.sentence
    FROM pair AS p
    CROSS JOIN unnest(p.all_facts) AS f (fact)
),
attempt AS (
    SELECT m.total, m.target, m.option, m.attempt, m.report, m.sentence
    FROM member AS m
    GROUP BY m.total, m.target, m.option, m.attempt, m.report, m.sentence
    HAVING count(*) > 1 AND bool_and(m.can_be_part) AND abs(sum(m.value) - any_value(m.total_value)) < 1e-6
    QUALIFY rank() OVER (PARTITION BY m.total, m.target, m.option ORDER BY m.attempt) = 1
)
SELECT DISTINCT m.target, m.option, m.part AS figure
FROM attempt AS a
INNER JOIN member AS m
    ON m.total = a.total AND m.target = a.target AND m.option = a.option AND m.attempt = a.attempt
    AND m.report = a.report AND m.sentence = a.sentence
