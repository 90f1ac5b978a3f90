-- A sample, as held_text says. Offsets are Python's and count code points from 0. DuckDB's substr counts code points too
-- (no graphemes), from 1.
SELECT f.fact_id
FROM fact_indicator AS f
LEFT JOIN held_text AS t ON t.report_id = f.report_id
WHERE
    (f.char_start < 1000 OR hash(f.report_id, f.char_start) % 32 = 0 OR t.is_read_whole IS NOT false)
    AND substr(t.text, f.char_start + 1, f.char_end - f.char_start) IS DISTINCT FROM f.evidence
