-- One row a file below the raw folder, accepted or not. Five rules decide:
--
-- Year: no report is on a year after the present one (known_year); such a year is none, and the reason names it.
--
-- Reason: the first step that keeps a file out gives its reason: opening it, reading it, extracting it, then the comparison of
-- bytes, then who reports on what. `reason_code` is a code of pipelines/reasons.py, `reason_text` its sentence, and
-- `status_reason` both together. (`reason` has another meaning here: why a person corrected the place or the year.)
--
-- Corrections: a place, year or kind that a person gave (correction) counts instead of the machine's, which is kept in a column
-- of its own. A report that was quarantined only for its place or year may then be accepted; so may one that was quarantined for
-- its kind, if a person says that it is a township's report. One that a person says is none is quarantined with that kind as its
-- reason. If its kind has a level of its own (county_report), the machine's unit does not count.
--
-- Same bytes: of several files with the same bytes one stays, the others are quarantined as its duplicates. A file that a
-- person called no report stays before all others, as its copies are none either. An accepted file with a unit stays before the
-- rest, because only its sidecar may name the unit; then the first raw_path stays.
--
-- Canonical: of several accepted reports of one unit, year and family (annual_report and work_summary are one family,
-- enforcement_report another, because a unit may owe both) the canonical one is, in this order:
--   1. complete before incomplete;
--   2. one for the whole year before one for a part of it, and that before one for several years;
--   3. annual_report before work_summary;
--   4. a correction before what it corrects;
--   5. from a government's host (.gov.cn), then without an address, then from another host, which is a mirror;
--   6. later published_on; 7. more characters; 8. first raw_path.
-- version_reason names the first of these points in which another version is worse, canonical_report_id the canonical one.
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
),
first_of_bytes AS (
    SELECT
        o.raw_sha256,
        arg_min(
            o.report_id,
            CASE
                WHEN o.is_put_out THEN '0'
                WHEN o.identity_status = 'accepted' AND o.township_code IS NOT NULL THEN '1'
                ELSE '2'
            END || o.raw_path
        ) AS report_id
    FROM document AS o
    WHERE o.raw_sha256 IS NOT NULL AND o.read_status = 'ok'
    GROUP BY o.raw_sha256
),
-- A staged row that is there twice (the audit refuses it) must not multiply on the way: hence DISTINCT.
judgement AS (
    SELECT DISTINCT
        o.report_id,
        b.report_id AS first_report_id,
        CASE
            WHEN o.reading_reason IS NOT NULL THEN o.reading_reason
            WHEN b.report_id <> o.report_id
                THEN {'code': 'duplicate', 'sentence': 'duplicate of ' || b.report_id, 'both': 'duplicate of ' || b.report_id}
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
        END AS reason
    FROM document AS o
    LEFT JOIN first_of_bytes AS b ON b.raw_sha256 = o.raw_sha256 AND o.read_status = 'ok'
),
canonical AS (
    SELECT DISTINCT
        o.report_id,
        first_value(o.report_id) OVER (
            PARTITION BY o.township_code, o.report_year, coalesce(o.doc_family, o.doc_type)
            ORDER BY
                o.is_complete DESC, coalesce(o.edition IN ('part_of_year', 'multi_year'), FALSE),
                coalesce(o.edition = 'multi_year', FALSE), (o.doc_type = 'annual_report') DESC,
                coalesce(o.edition = 'correction', FALSE) DESC, o.host_rank, o.published_on DESC NULLS LAST,
                o.char_count DESC, o.raw_path
        ) AS canonical_report_id
    FROM document AS o
    INNER JOIN judgement AS j ON j.report_id = o.report_id
    WHERE j.reason IS NULL
),
version AS (
    SELECT DISTINCT
        o.report_id,
        CASE
            WHEN o.report_id = best.report_id THEN NULL
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
    FROM document AS o
    INNER JOIN canonical AS c ON c.report_id = o.report_id
    INNER JOIN document AS best ON best.report_id = c.canonical_report_id
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
    CASE
        WHEN o.n_pages_waiting > 0
            THEN row_number() OVER (PARTITION BY o.n_pages_waiting > 0 ORDER BY o.raw_path)
    END AS place_in_queue,
    o.is_complete,
    coalesce(c.canonical_report_id = o.report_id, FALSE) AS is_canonical,
    c.canonical_report_id,
    v.version_reason,
    CASE WHEN j.first_report_id <> o.report_id THEN j.first_report_id END AS duplicate_of,
    CASE WHEN j.reason IS NULL THEN 'accepted' ELSE 'quarantined' END AS status,
    struct_extract(j.reason, 'code') AS reason_code,
    struct_extract(j.reason, 'sentence') AS reason_text,
    struct_extract(j.reason, 'both') AS status_reason,
    o.township_code_machine,
    o.report_year_machine,
    o.doc_kind_machine,
    o.corrected_by,
    o.reason,
    o.sidecar_error,
    o.reader_version,
    o.identifier_version
FROM document AS o
INNER JOIN judgement AS j ON j.report_id = o.report_id
LEFT JOIN canonical AS c ON c.report_id = o.report_id
LEFT JOIN version AS v ON v.report_id = o.report_id
ORDER BY o.report_id
