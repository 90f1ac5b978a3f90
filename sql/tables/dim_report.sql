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
--
-- What a file says by itself is worked out in report_alone, and what the comparison with all others says in report_compared.
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
    o.place_candidates,
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
    c.place_in_queue,
    o.is_complete,
    j.reason IS NULL AND c.canonical_report_id IS NULL AS is_canonical,
    CASE WHEN j.reason IS NULL THEN coalesce(c.canonical_report_id, o.report_id) END AS canonical_report_id,
    c.version_reason,
    c.duplicate_of,
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
FROM report_alone AS o
LEFT JOIN report_compared AS c ON c.report_id = o.report_id
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN o.reading_reason IS NOT NULL THEN o.reading_reason
        WHEN c.duplicate_of IS NOT NULL
            THEN {
                'code': 'duplicate', 'sentence': 'duplicate of ' || c.duplicate_of,
                'both': 'duplicate of ' || c.duplicate_of
            }
        ELSE o.identity_reason
    END
) AS j (reason)
ORDER BY o.report_id
