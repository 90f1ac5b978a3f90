-- A row is a file of which the comparison with other files says something: it has the bytes of another, another version of
-- the report is the canonical one, or its pages wait for character recognition. The rules stand in dim_report. This is all
-- that dim_report must see the whole archive for.
WITH first_of_bytes AS (
    SELECT o.raw_sha256, arg_min(o.report_id, o.bytes_rank::VARCHAR || o.raw_path) AS report_id
    FROM report_alone AS o
    WHERE o.is_read
    GROUP BY o.raw_sha256
    HAVING count(*) > 1
),
-- A staged row that is there twice (the audit refuses it) must not multiply on the way: hence DISTINCT.
duplicate AS (
    SELECT DISTINCT o.report_id, b.report_id AS duplicate_of
    FROM report_alone AS o
    INNER JOIN first_of_bytes AS b ON b.raw_sha256 = o.raw_sha256
    WHERE o.is_read AND b.report_id <> o.report_id
),
accepted AS (
    SELECT
        o.report_id, o.township_code, o.report_year, coalesce(o.doc_family, o.doc_type) AS family, o.is_complete, o.edition,
        o.doc_type, o.host_rank, o.published_on, o.char_count, o.raw_path
    FROM report_alone AS o
    ANTI JOIN duplicate AS d ON d.report_id = o.report_id
    WHERE o.reading_reason IS NULL AND o.identity_reason IS NULL
),
several AS (
    SELECT a.township_code, a.report_year, a.family
    FROM accepted AS a
    GROUP BY a.township_code, a.report_year, a.family
    HAVING count(*) > 1
),
rival AS MATERIALIZED (
    SELECT
        a.report_id, a.township_code, a.report_year, a.family, a.is_complete, a.edition, a.doc_type, a.host_rank,
        a.published_on, a.char_count, a.raw_path
    FROM accepted AS a
    INNER JOIN several AS s
        ON s.township_code = a.township_code AND s.report_year = a.report_year AND s.family = a.family
),
canonical AS (
    SELECT DISTINCT
        o.report_id,
        first_value(o.report_id) OVER (
            PARTITION BY o.township_code, o.report_year, o.family
            ORDER BY
                o.is_complete DESC, coalesce(o.edition IN ('part_of_year', 'multi_year'), FALSE),
                coalesce(o.edition = 'multi_year', FALSE), (o.doc_type = 'annual_report') DESC,
                coalesce(o.edition = 'correction', FALSE) DESC, o.host_rank, o.published_on DESC NULLS LAST,
                o.char_count DESC, o.raw_path
        ) AS canonical_report_id
    FROM rival AS o
),
version AS (
    SELECT DISTINCT
        o.report_id,
        c.canonical_report_id,
        CASE
            WHEN o.is_complete <> best.is_complete THEN 'incomplete'
            WHEN o.edition = 'part_of_year' AND best.edition IS DISTINCT FROM 'part_of_year' THEN 'part_of_year'
            WHEN o.edition = 'multi_year' AND best.edition IS DISTINCT FROM 'multi_year' THEN 'multi_year'
            WHEN o.doc_type <> best.doc_type THEN 'work_summary'
            WHEN o.edition IS DISTINCT FROM 'correction' AND best.edition = 'correction' THEN 'corrected'
            WHEN o.host_rank <> best.host_rank THEN CASE o.host_rank WHEN 2 THEN 'mirror' ELSE 'no_address' END
            WHEN o.published_on IS DISTINCT FROM best.published_on THEN 'earlier'
            WHEN o.char_count <> best.char_count THEN 'shorter'
            ELSE 'reprint'
        END AS version_reason
    FROM rival AS o
    INNER JOIN canonical AS c ON c.report_id = o.report_id AND c.canonical_report_id <> o.report_id
    INNER JOIN rival AS best ON best.report_id = c.canonical_report_id
),
waiting AS (
    SELECT o.report_id, row_number() OVER (ORDER BY o.raw_path) AS place_in_queue
    FROM report_alone AS o
    WHERE o.n_pages_waiting > 0
),
compared AS (
    SELECT d.report_id FROM duplicate AS d
    UNION
    SELECT v.report_id FROM version AS v
    UNION
    SELECT w.report_id FROM waiting AS w
)
SELECT
    c.report_id,
    d.duplicate_of,
    v.canonical_report_id,
    v.version_reason,
    w.place_in_queue
FROM compared AS c
LEFT JOIN duplicate AS d ON d.report_id = c.report_id
LEFT JOIN version AS v ON v.report_id = c.report_id
LEFT JOIN waiting AS w ON w.report_id = c.report_id
ORDER BY c.report_id
