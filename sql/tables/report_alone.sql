-- One row a file, with what its own text, sidecar and corrections say: dim_report before files are compared with each other.
-- It is in parts by report, so that a new report has those of its bucket worked out again.
--   is_read          it was read, so that its bytes may be compared;
--   bytes_rank       of several files with the same bytes the one with the lowest rank stays;
--   host_rank        0 a government's host, 1 no address, 2 another host;
--   reading_reason   why it is kept out before bytes are compared;
--   identity_reason  why it is kept out if its bytes are the first.
WITH corrected AS (
    SELECT
        c.report_id,
        max(c.township_code) FILTER (WHERE c.action = 'place') AS township_code,
        max(c.township_code_machine) FILTER (WHERE c.action = 'place') AS township_code_machine,
        max(c.report_year) FILTER (WHERE c.action = 'year') AS report_year,
        max(c.report_year_machine) FILTER (WHERE c.action = 'year') AS report_year_machine,
        max(c.doc_kind) FILTER (WHERE c.action = 'kind') AS doc_kind,
        max(c.doc_kind_machine) FILTER (WHERE c.action = 'kind') AS doc_kind_machine,
        string_agg(DISTINCT c.corrected_by, '; ' ORDER BY c.corrected_by) AS corrected_by,
        string_agg(DISTINCT c.reason, '; ' ORDER BY c.reason) AS reason
    FROM correction AS c
    WHERE c.outcome = 'applied' AND c.action IN ('place', 'year', 'kind')
    GROUP BY c.report_id
),
corrected_place AS (
    SELECT g.report_id, d.township_code, d.county_code, d.township_name
    FROM corrected AS g
    INNER JOIN dim_division AS d ON d.level = 'township' AND d.township_code = g.township_code
),
document AS (
    SELECT
        f.report_id, f.raw_path, f.raw_sha256, f.size_bytes, f.source_url, f.source_id, f.fetched_at,
        f.sidecar_error,
        d.media_type, d.encoding, coalesce(d.char_count, 0) AS char_count, coalesce(d.is_complete, FALSE) AS is_complete,
        coalesce(d.read_status, 'failed') AS read_status, d.reader_version, d.text_source,
        coalesce(len(d.pages_waiting), 0) AS n_pages_waiting,
        i.title, i.doc_number, i.written_on, i.published_on,
        coalesce(g.doc_kind, m.doc_kind) AS doc_kind,
        coalesce(NOT q.is_accepted, FALSE) AS is_put_out,
        coalesce(q.doc_type, i.doc_type, 'other') AS doc_type,
        CASE
            WHEN q.doc_level IS NOT NULL THEN q.doc_level
            -- A township's report, says a person, and the machine took it for another's.
            WHEN q.is_accepted AND i.doc_level NOT IN ('township', 'subdistrict')
                THEN CASE
                    WHEN p.report_id IS NULL THEN 'unknown'
                    WHEN regexp_matches(p.township_name, '(街道|街|办事处)$') THEN 'subdistrict'
                    ELSE 'township'
                END
            ELSE coalesce(i.doc_level, 'unknown')
        END AS doc_level,
        i.edition, i.place_candidates, i.identifier_version,
        coalesce(g.report_year, y.report_year) AS report_year,
        CASE
            WHEN g.report_year IS NULL
                THEN y.late_year::VARCHAR || ' is later than the present year, and no report is; give the right year as a correction'
        END AS late_reason,
        CASE
            WHEN g.report_year IS NOT NULL THEN 'correction'
            WHEN y.late_year IS NULL THEN i.year_method
        END AS year_method,
        CASE
            WHEN p.report_id IS NOT NULL THEN p.township_code
            WHEN q.doc_level IS NULL THEN i.township_code
        END AS township_code,
        CASE
            WHEN p.report_id IS NOT NULL THEN p.county_code
            WHEN q.doc_level IS NULL THEN i.county_code
        END AS county_code,
        CASE
            WHEN p.report_id IS NOT NULL THEN 'correction'
            WHEN q.doc_level IS NULL THEN i.place_method
        END AS place_method,
        CASE
            WHEN q.doc_level IS NULL THEN g.township_code_machine
            ELSE i.township_code
        END AS township_code_machine,
        g.report_year_machine, g.doc_kind_machine, g.corrected_by, g.reason,
        CASE
            WHEN f.reason_code IS NOT NULL
                THEN {'code': f.reason_code, 'sentence': f.reason, 'both': f.status_reason}
            WHEN d.reason_code IS NOT NULL
                THEN {'code': d.reason_code, 'sentence': d.reason, 'both': d.status_reason}
            WHEN d.read_status IS DISTINCT FROM 'ok'
                THEN {'code': 'unread', 'sentence': 'the file was not read', 'both': 'unread: the file was not read'}
            WHEN r.reason_code IS NOT NULL
                THEN {'code': r.reason_code, 'sentence': r.reason, 'both': r.status_reason}
        END AS reading_reason,
        CASE
            WHEN NOT q.is_accepted THEN 'quarantined'
            WHEN q.is_accepted AND NOT m.is_accepted THEN 'accepted'
            WHEN p.report_id IS NOT NULL AND i.reason_code IN ('no_place', 'unresolved_unit') THEN 'accepted'
            WHEN g.report_year IS NOT NULL AND i.reason_code = 'no_year' THEN 'accepted'
            ELSE coalesce(i.status, 'quarantined')
        END AS identity_status,
        CASE
            WHEN NOT q.is_accepted
                THEN {
                    'code': q.doc_kind, 'sentence': 'a person says that it is no report of a township',
                    'both': q.doc_kind || ': a person says that it is no report of a township'
                }
            WHEN i.reason_code IS NULL
                THEN {'code': 'unidentified', 'sentence': 'no reason was given', 'both': 'unidentified: no reason was given'}
            ELSE {'code': i.reason_code, 'sentence': i.reason, 'both': i.status_reason}
        END AS identity_reason,
        CASE
            WHEN f.source_url IS NULL THEN 1
            WHEN regexp_extract(f.source_url, '^[a-z]+://([^/:?#]+)', 1) LIKE '%.gov.cn' THEN 0
            ELSE 2
        END AS host_rank,
        CASE
            WHEN coalesce(q.doc_type, i.doc_type) IN ('annual_report', 'work_summary') THEN 'annual'
            WHEN coalesce(q.doc_type, i.doc_type) = 'enforcement_report' THEN 'enforcement'
        END AS doc_family
    FROM stage_files AS f
    LEFT JOIN stage_documents AS d ON d.report_id = f.report_id
    LEFT JOIN stage_identities AS i ON i.report_id = f.report_id
    LEFT JOIN known_year AS y ON y.report_id = f.report_id
    LEFT JOIN known_kind AS m ON m.report_id = f.report_id
    LEFT JOIN stage_readings AS r ON r.report_id = f.report_id
    LEFT JOIN corrected AS g ON g.report_id = f.report_id
    LEFT JOIN document_kind AS q ON q.doc_kind = g.doc_kind
    LEFT JOIN corrected_place AS p ON p.report_id = f.report_id
)
SELECT
    o.report_id,
    o.title,
    o.doc_kind,
    o.doc_type,
    o.doc_family,
    o.doc_level,
    o.township_code,
    o.county_code,
    o.place_method,
    coalesce(o.place_candidates, []::VARCHAR[]) AS place_candidates,
    o.report_year,
    o.year_method,
    o.edition,
    o.doc_number,
    o.written_on,
    o.published_on,
    o.fetched_at,
    o.source_url,
    o.source_id,
    o.raw_path,
    o.raw_sha256,
    o.size_bytes,
    o.media_type,
    o.encoding,
    o.char_count,
    o.text_source,
    o.n_pages_waiting,
    o.is_complete,
    o.township_code_machine,
    o.report_year_machine,
    o.doc_kind_machine,
    o.corrected_by,
    o.reason,
    o.sidecar_error,
    o.reader_version,
    o.identifier_version,
    o.read_status = 'ok' AND o.raw_sha256 IS NOT NULL AS is_read,
    CASE
        WHEN o.is_put_out THEN 0
        WHEN o.identity_status = 'accepted' AND o.township_code IS NOT NULL THEN 1
        ELSE 2
    END AS bytes_rank,
    o.host_rank,
    o.reading_reason,
    CASE
        WHEN o.identity_status <> 'accepted' THEN o.identity_reason
        WHEN o.township_code IS NULL
            THEN {
                'code': 'no_place', 'sentence': 'the reporting unit is not known',
                'both': 'no_place: the reporting unit is not known'
            }
        WHEN o.late_reason IS NOT NULL
            THEN {'code': 'no_year', 'sentence': o.late_reason, 'both': 'no_year: ' || o.late_reason}
        WHEN o.report_year IS NULL
            THEN {
                'code': 'no_year', 'sentence': 'the year reported on is not known',
                'both': 'no_year: the year reported on is not known'
            }
    END AS identity_reason
FROM document AS o
ORDER BY o.report_id
