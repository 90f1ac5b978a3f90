-- Which sites do the reports come from, and how many of each site are used? A site with few used ones is worth a look.
-- 报告来自哪些网站，各有多少被采用？采用少的网站值得检查。
SELECT
    coalesce(nullif(regexp_extract(r.source_url, '^[a-z]+://([^/:?#]+)', 1), ''), 'no address') AS site,
    count(*) AS files,
    count(*) FILTER (WHERE r.is_canonical) AS used,
    count(*) FILTER (WHERE r.status = 'quarantined') AS quarantined,
    count(*) FILTER (WHERE r.version_reason IS NOT NULL) AS other_versions,
    min(r.report_year) AS first_year,
    max(r.report_year) AS last_year
FROM dim_report AS r
GROUP BY site
ORDER BY files DESC, site
