-- What became of every number of every report: a fact, or a named reason. `unclassified` is what nobody could class.
SELECT
    n.disposition,
    count(*) AS numbers,
    round(100 * count(*) / sum(count(*)) OVER (), 1) AS percent,
    arg_min(n.text, n.report_id || ':' || lpad(n.char_start::VARCHAR, 9, '0')) AS first_example
FROM number_mention AS n
GROUP BY n.disposition
ORDER BY numbers DESC, n.disposition
