SELECT 'line ' || c.line AS line
FROM correction AS c
LEFT JOIN fact_indicator AS f ON f.fact_id = c.fact_id
WHERE
    c.outcome = 'applied' AND c.fact_id IS NOT NULL
    AND CASE c.action
        WHEN 'reject' THEN f.fact_id IS NOT NULL
        ELSE f.value IS DISTINCT FROM c.value OR f.corrected_by IS DISTINCT FROM c.corrected_by
            OR f.period <> c.period OR f.scope_key <> c.scope_key OR f.role <> c.role
    END
