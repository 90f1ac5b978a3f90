-- One row a figure that one report states, quarantined reports included; unit and year are the report's, null if it has none.
-- Corrections by people (table correction) are applied. An accepted fact is certain. A corrected one has the person's value,
-- and the machine's in value_machine. A rejected one is not here, and a part of it becomes a figure of its own. An added one
-- has the words that the person named. Period, scope and role are the person's where the line sets them. The machine's own facts are in stage_facts and correction.
-- Nearly all reports have no correction. Their facts pass without a join, which costs nothing.
WITH corrected_fact AS (
    SELECT
        c.fact_id, c.action, c.value, c.qualifier, c.value_low, c.value_high, c.value_machine, c.period, c.months, c.period_start,
        c.period_end, c.scope, c.scope_who, c.scope_where, c.scope_what, c.scope_key, c.scope_group, c.role, c.subset_of,
        c.corrected_by, c.reason
    FROM correction AS c
    WHERE c.outcome = 'applied' AND c.action IN ('accept', 'reject', 'value')
),
-- A part of a rejected fact becomes a figure of its own.
gone AS (
    SELECT c.fact_id
    FROM correction AS c
    WHERE c.outcome = 'applied' AND c.action = 'reject'
),
added AS (
    SELECT
        c.fact_id, c.report_id, c.metric_code, c.value, c.unit, c.qualifier, c.value_low, c.value_high, c.role, c.subset_of,
        c.scope, c.scope_who, c.scope_where, c.scope_what, c.scope_key, c.scope_group, c.period, c.months, c.period_start,
        c.period_end, c.implicit_zero, c.evidence, c.char_start, c.char_end, c.number_start, c.number_end, c.sentence,
        c.corrected_by, c.reason
    FROM correction AS c
    WHERE c.outcome = 'applied' AND c.action = 'add'
),
corrected_report AS (
    SELECT DISTINCT c.report_id
    FROM correction AS c
    WHERE c.outcome = 'applied' AND c.action IN ('accept', 'reject', 'value')
),
fact AS (
    SELECT
        f.fact_id, f.report_id, f.metric_code, f.value, f.unit, f.unit_raw, f.qualifier, f.value_low, f.value_high, f.role,
        f.subset_of, f.scope, f.scope_who, f.scope_where, f.scope_what, f.scope_key, f.scope_group, f.period, f.months,
        f.period_start, f.period_end, f.is_substitute, f.implicit_zero, f.section, f.evidence, f.char_start, f.char_end,
        f.number_start, f.number_end, f.sentence, f.rule_id, f.read_as, f.tied_with, f.confidence, NULL::DOUBLE AS value_machine,
        NULL::VARCHAR AS corrected_by, NULL::VARCHAR AS reason, f.codebook_version, f.engine_version
    FROM stage_facts AS f
    ANTI JOIN corrected_report AS o ON o.report_id = f.report_id
    UNION ALL
    SELECT
        f.fact_id, f.report_id, f.metric_code,
        CASE WHEN s.fact_id IS NULL THEN f.value ELSE s.value END,
        f.unit, f.unit_raw,
        CASE WHEN s.fact_id IS NULL THEN f.qualifier ELSE s.qualifier END,
        CASE WHEN s.fact_id IS NULL THEN f.value_low ELSE s.value_low END,
        CASE WHEN s.fact_id IS NULL THEN f.value_high ELSE s.value_high END,
        CASE
            WHEN s.role IS NOT NULL THEN s.role
            WHEN gone.fact_id IS NULL THEN f.role
            ELSE 'total'
        END,
        CASE WHEN s.role IS NOT NULL THEN s.subset_of WHEN gone.fact_id IS NULL THEN f.subset_of END,
        CASE WHEN s.scope IS NULL THEN f.scope ELSE nullif(s.scope, '') END,
        CASE WHEN s.scope IS NULL THEN f.scope_who ELSE s.scope_who END,
        CASE WHEN s.scope IS NULL THEN f.scope_where ELSE s.scope_where END,
        CASE WHEN s.scope IS NULL THEN f.scope_what ELSE s.scope_what END,
        CASE WHEN s.scope IS NULL THEN f.scope_key ELSE s.scope_key END,
        CASE WHEN s.scope IS NULL THEN f.scope_group ELSE s.scope_group END,
        coalesce(s.period, f.period), coalesce(s.months, f.months), coalesce(s.period_start, f.period_start),
        coalesce(s.period_end, f.period_end), f.is_substitute, f.implicit_zero, f.section, f.evidence, f.char_start, f.char_end,
        f.number_start, f.number_end, f.sentence, f.rule_id, f.read_as, f.tied_with,
        CASE WHEN s.fact_id IS NULL THEN f.confidence ELSE 1.0 END,
        s.value_machine, s.corrected_by, s.reason, f.codebook_version, f.engine_version
    FROM stage_facts AS f
    INNER JOIN corrected_report AS o ON o.report_id = f.report_id
    LEFT JOIN corrected_fact AS s ON s.fact_id = f.fact_id
    LEFT JOIN gone ON gone.fact_id = f.subset_of
    WHERE s.action IS DISTINCT FROM 'reject'
    UNION ALL
    SELECT
        c.fact_id, c.report_id, c.metric_code, c.value, c.unit, NULL::VARCHAR, c.qualifier, c.value_low, c.value_high, c.role,
        c.subset_of, nullif(c.scope, ''), c.scope_who, c.scope_where, c.scope_what, c.scope_key, c.scope_group, c.period,
        c.months, c.period_start, c.period_end, FALSE, c.implicit_zero, NULL::VARCHAR, c.evidence, c.char_start, c.char_end,
        c.number_start, c.number_end, c.sentence, 'correction', 'person', []::VARCHAR[], 1.0, NULL::DOUBLE, c.corrected_by, c.reason,
        NULL::VARCHAR, NULL::VARCHAR
    FROM added AS c
),
-- Only files with pages (PDF, OFD, scans) have a page for a figure.
paged AS (
    SELECT d.report_id, d.pages, d.numerals
    FROM stage_documents AS d
    WHERE len(d.pages) > 0
)
SELECT
    f.fact_id,
    f.report_id,
    r.township_code,
    r.report_year,
    f.metric_code,
    f.value,
    f.unit,
    f.unit_raw,
    f.qualifier,
    f.value_low,
    f.value_high,
    f.role,
    f.subset_of,
    f.scope,
    f.scope_who,
    f.scope_where,
    f.scope_what,
    f.scope_key,
    f.scope_group,
    f.period,
    f.months,
    f.period_start,
    f.period_end,
    f.is_substitute,
    f.implicit_zero,
    f.section,
    f.evidence,
    f.char_start,
    f.char_end,
    f.number_start,
    f.number_end,
    f.sentence,
    f.rule_id,
    f.read_as,
    coalesce(f.tied_with, []::VARCHAR[]) AS tied_with,
    CASE
        WHEN f.corrected_by IS NULL AND is_unsure(f.digit_confidence) THEN least(f.confidence, f.digit_confidence)
        ELSE f.confidence
    END AS confidence,
    struct_extract(f.place, 'page') AS page,
    coalesce(struct_extract(f.place, 'is_scanned'), FALSE) AS is_ocr,
    f.digit_confidence,
    f.value_machine,
    f.corrected_by,
    f.reason,
    f.codebook_version,
    f.engine_version,
    -- Far beyond what one township can have (sql/checks/ceilings.toml), and no person has confirmed it.
    f.corrected_by IS NULL
    AND coalesce(
        greatest(f.value, f.value_low, f.value_high) > coalesce(own.implausible_above, usual.implausible_above), FALSE
    ) AS implausible
FROM (
    SELECT
        f.*,
        list_filter(p.pages, lambda s: s."start" <= f.number_start AND f.number_start < s."end")[1] AS place,
        list_min(
            list_transform(
                list_filter(p.numerals, lambda n: n."at" >= f.number_start AND n."at" < f.number_end), lambda n: n.confidence
            )
        ) AS digit_confidence
    FROM fact AS f
    LEFT JOIN paged AS p ON p.report_id = f.report_id
) AS f
LEFT JOIN dim_report AS r ON r.report_id = f.report_id
LEFT JOIN ceiling AS own ON own.metric_code = f.metric_code
LEFT JOIN ceiling AS usual ON usual.unit = f.unit
ORDER BY r.township_code, r.report_year, f.report_id, f.number_start, f.metric_code, f.fact_id
