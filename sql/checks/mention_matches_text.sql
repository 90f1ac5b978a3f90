-- The worker that extracts holds every offset against the text. Here they are held against what is stored, by another
-- program: all of the first 20,000 characters, and one of 64 behind them, since substr walks to each from the beginning.
-- Offsets are Python's and count code points from 0. DuckDB's substr counts code points too (no graphemes), from 1.
SELECT n.report_id || ':' || n.char_start AS number
FROM number_mention AS n
LEFT JOIN report_text AS t ON t.report_id = n.report_id
WHERE
    (n.char_start < 20000 OR hash(n.report_id, n.char_start) % 64 = 0)
    AND substr(t.text, n.char_start + 1, n.char_end - n.char_start) IS DISTINCT FROM n.text
