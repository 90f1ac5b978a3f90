-- The stored text of every report that could be read: the text that all offsets count in.
SELECT
    d.report_id,
    d.text
FROM stage_documents AS d
WHERE d.read_status = 'ok'
ORDER BY d.report_id
