SELECT 'line ' || c.line AS line
FROM correction AS c
INNER JOIN dim_report AS r ON r.report_id = c.report_id
WHERE
    c.outcome = 'applied'
    AND CASE c.action
        WHEN 'place' THEN r.township_code IS DISTINCT FROM c.township_code
        WHEN 'year' THEN r.report_year IS DISTINCT FROM c.report_year
        WHEN 'kind' THEN
            r.doc_kind IS DISTINCT FROM c.doc_kind
            OR (r.status = 'accepted' AND c.doc_kind NOT IN ('annual_report', 'work_summary', 'enforcement_report'))
    END
