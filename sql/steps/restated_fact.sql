-- A row is a fact of an indicator that its report gives several times, with the reason why it may not count. Facts are
-- compared within one report and indicator:
--   is_shorter  a figure of more months is given for the same thing. Only the number of months is compared, not which
--               months they are, and a figure without a scope is compared with all;
--   is_repeat   it is a repeat of a figure that is neither a part nor shorter.
-- A part (its total is a fact of the same indicator) is neither, and makes no other fact shorter or a repeat.
WITH restated_metric AS (
    SELECT f.report, f.metric
    FROM canonical_fact AS f
    GROUP BY f.report, f.metric
    HAVING count(*) > 1
),
restated AS (
    SELECT f.fact_id, f.report, f.metric, f.scope, f.sentence, f.months, f.role, f.subset_of
    FROM canonical_fact AS f
    INNER JOIN restated_metric AS n ON n.report = f.report AND n.metric = f.metric
),
part AS (
    SELECT r.fact_id
    FROM restated AS r
    INNER JOIN restated AS total ON total.fact_id = r.subset_of AND total.metric = r.metric
    WHERE r.role = 'subset'
),
judged AS (
    SELECT
        r.fact_id, r.report, r.metric, r.scope, r.sentence, r.months, r.role <> 'repeat' AS is_original,
        p.fact_id IS NOT NULL AS is_part
    FROM restated AS r
    LEFT JOIN part AS p ON p.fact_id = r.fact_id
),
compared AS (
    SELECT
        r.fact_id, r.report, r.metric, r.sentence, r.is_part, r.is_original,
        NOT r.is_part AND r.months < greatest(
            max(CASE WHEN NOT r.is_part THEN r.months END) OVER same_scope,
            max(CASE WHEN NOT r.is_part AND r.scope = '' THEN r.months END) OVER same_metric,
            CASE WHEN r.scope = '' THEN max(CASE WHEN NOT r.is_part THEN r.months END) OVER same_metric END
        ) AS is_shorter
    FROM judged AS r
    WINDOW
        same_metric AS (PARTITION BY r.report, r.metric),
        same_scope AS (PARTITION BY r.report, r.metric, r.scope)
)
SELECT
    c.fact_id,
    c.sentence,
    c.is_shorter,
    NOT c.is_original
    AND bool_or(c.is_original AND NOT c.is_part AND NOT c.is_shorter) OVER (PARTITION BY c.report, c.metric)
        AS is_repeat
FROM compared AS c
