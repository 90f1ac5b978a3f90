SELECT n.report_id || ':' || n.char_start AS number
FROM number_mention AS n
WHERE coalesce(n.disposition, '') = '' OR (n.disposition = 'fact') <> (n.fact_id IS NOT NULL)
