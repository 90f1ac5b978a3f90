-- The worker that extracts holds every offset against the text. Here they are held against what is stored, by another
-- program: all of the first 20,000 characters, and one of 64 behind them, since substr walks to each from the beginning.
-- Offsets are Python's and count code points from 0. DuckDB's substr counts code points too (no graphemes), from 1.
SELECT f.fact_id
FROM fact_indicator AS f
LEFT JOIN report_text AS t ON t.report_id = f.report_id
WHERE
    (f.char_start < 20000 OR hash(f.report_id, f.char_start) % 64 = 0)
    AND substr(t.text, f.char_start + 1, f.char_end - f.char_start) IS DISTINCT FROM f.evidence
