-- Exact figures of a unit that are many times the figure of the year before, or a small fraction of it.
SELECT
    c.township_code, c.report_year, c.metric_code, c.previous_value, c.value,
    (greatest(c.value, c.previous_value) + 1) / (least(c.value, c.previous_value) + 1) AS leap
FROM township_change AS c
WHERE
    c.is_exact AND NOT c.is_headline AND c.unit <> '%'
    AND greatest(c.value, c.previous_value) >= getvariable('larger_at_least')
    AND (
        c.value > getvariable('times') * c.previous_value
        OR c.previous_value > getvariable('times') * c.value
    )
