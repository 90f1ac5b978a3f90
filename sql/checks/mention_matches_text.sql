-- A sample, as held_text says. Offsets are Python's and count code points from 0. DuckDB's substr counts code points too
-- (no graphemes), from 1.
SELECT n.report_id || ':' || n.char_start AS number
FROM number_mention AS n
LEFT JOIN held_text AS t ON t.report_id = n.report_id
WHERE
    (n.char_start < 1000 OR hash(n.report_id, n.char_start) % 32 = 0 OR t.is_read_whole IS NOT false)
    AND substr(t.text, n.char_start + 1, n.char_end - n.char_start) IS DISTINCT FROM n.text
