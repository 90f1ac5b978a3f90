-- One row a number of any report, with what became of it.
SELECT
    n.report_id,
    n.char_start,
    n.char_end,
    n.text,
    n.value,
    n.unit_raw,
    n.disposition,
    n.fact_id
FROM stage_numbers AS n
ORDER BY n.report_id, n.char_start, n.char_end
