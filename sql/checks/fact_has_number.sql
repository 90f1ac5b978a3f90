SELECT f.fact_id
FROM fact_indicator AS f
WHERE
    NOT f.implicit_zero
    AND NOT EXISTS (
        SELECT 1
        FROM number_mention AS n
        WHERE
            n.report_id = f.report_id AND n.disposition = 'fact'
            AND n.char_start < f.number_end AND n.char_end > f.number_start
    )
