-- Township reports whose unit did not resolve, with every text that was tried. A person who finds the unit enters it; the
-- machine does not guess. Pages of counties and departments, and texts that are no report, are not listed.
SELECT
    r.report_id,
    r.raw_path,
    r.source_url,
    r.title,
    s.publisher,
    s.opening,
    s.closing,
    s.index_number,
    r.county_code,
    r.place_candidates,
    r.report_year,
    r.reason_code,
    r.reason_text,
    r.status_reason,
    count(n.fact_id) AS n_facts
FROM dim_report AS r
INNER JOIN stage_identities AS s ON s.report_id = r.report_id
LEFT JOIN fact_indicator AS n ON n.report_id = r.report_id
WHERE
    r.township_code IS NULL
    AND r.duplicate_of IS NULL
    AND r.doc_type IN ('annual_report', 'work_summary', 'enforcement_report')
    AND r.doc_level NOT IN ('county', 'city', 'department')
GROUP BY
    r.report_id, r.raw_path, r.source_url, r.title, s.publisher, s.opening, s.closing, s.index_number, r.county_code,
    r.place_candidates, r.report_year, r.reason_code, r.reason_text, r.status_reason
ORDER BY n_facts DESC, r.report_id
