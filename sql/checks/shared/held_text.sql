-- Texts against which offsets are held. The worker that extracts holds each offset against the text that it has in hand,
-- and a report that breaks this is an error (pipelines/stage/facts.py). The audit looks again, at what is stored and by
-- another program: at all of the first 1,000 characters of each report, at one of 32 behind them, and at everything in one
-- report of a hundred. Substr walks to each offset from the beginning of the text, which is most of the time of an audit.
-- Which report is read as a whole, the hash of its text decides: the same text always is, and new texts bring others.
SELECT
    t.report_id,
    t.text,
    hash(t.text) % 100 = 0 AS is_read_whole
FROM report_text AS t
