-- Which files are in no mart, and why? Their facts are still in fact_indicator.
-- 哪些文件没有进入汇总表，原因是什么？其事实仍保留在 fact_indicator 中。
SELECT
    r.raw_path,
    r.title,
    r.doc_type,
    r.report_year AS year,
    r.reason_code,
    r.status_reason,
    count(f.fact_id) AS facts
FROM dim_report AS r
LEFT JOIN fact_indicator AS f ON f.report_id = r.report_id
WHERE r.status = 'quarantined'
GROUP BY r.raw_path, r.title, r.doc_type, r.report_year, r.reason_code, r.status_reason
ORDER BY r.raw_path
