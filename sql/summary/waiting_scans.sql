-- The files whose scanned pages wait for character recognition.
SELECT count(*) AS files, coalesce(sum(r.n_pages_waiting), 0) AS pages
FROM dim_report AS r
WHERE r.n_pages_waiting > 0
