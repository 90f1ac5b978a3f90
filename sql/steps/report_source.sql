-- A row is an accepted report. A source is one report on the whole year, or all reports on parts of the year together: those
-- are pieces of one account. A report on several years is no account of one, so it is no source.
-- `report`, `unit_year` and `source` are whole numbers. The later steps join and group by them, which is three times as fast
-- as by the codes.
WITH numbered AS (
    SELECT
        r.report_id, r.township_code, r.report_year, r.is_canonical, r.doc_family = 'annual' AS is_annual,
        coalesce(r.edition = 'part_of_year', FALSE) AS is_piece,
        row_number() OVER (ORDER BY r.report_id)::INTEGER AS report,
        dense_rank() OVER (ORDER BY r.township_code, r.report_year)::INTEGER AS unit_year
    FROM dim_report AS r
    WHERE r.status = 'accepted' AND r.edition IS DISTINCT FROM 'multi_year'
)
SELECT
    n.report_id,
    n.township_code,
    n.report_year,
    n.is_canonical,
    coalesce(n.is_annual, FALSE) AS is_annual,
    n.report,
    n.unit_year,
    CASE WHEN n.is_piece THEN min(n.report) OVER (PARTITION BY n.unit_year, n.is_piece) ELSE n.report END AS source
FROM numbered AS n
