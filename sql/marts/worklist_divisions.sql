-- Reports of a township kind whose unit did not resolve, with every text that was tried. A person who finds the unit enters it;
-- the machine does not guess. Pages of counties and departments, and texts that are no report, are not listed.
SELECT
    r.report_id,
    r.raw_path,
    r.source_url,
    r.title,
    list_filter(d.fields, lambda f : f.name = '发布机构')[1].value AS publisher,
    left(trim(regexp_replace(d.text, '\s+', ' ', 'g')), 160) AS opening,
    right(trim(regexp_replace(d.text, '\s+', ' ', 'g')), 80) AS closing,
    list_filter(d.fields, lambda f : f.name = '索引号')[1].value AS index_number,
    r.county_code,
    r.place_candidates,
    r.report_year,
    r.status_reason,
    count(n.fact_id) AS n_facts
FROM dim_report AS r
INNER JOIN stage_documents AS d ON d.report_id = r.report_id
LEFT JOIN fact_indicator AS n ON n.report_id = r.report_id
WHERE
    r.township_code IS NULL
    AND d.read_status = 'ok'
    AND r.duplicate_of IS NULL
    AND r.doc_type IN ('annual_report', 'work_summary', 'enforcement_report')
    AND r.doc_level NOT IN ('county', 'city', 'department')
GROUP BY
    r.report_id, r.raw_path, r.source_url, r.title, d.fields, d.text, r.county_code, r.place_candidates, r.report_year,
    r.status_reason
ORDER BY n_facts DESC, r.report_id
