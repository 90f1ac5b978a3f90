-- One row a figure that one report states, quarantined reports included; unit and year are the report's, null if it has none.
-- Corrections by people (table correction) are applied. An accepted fact is certain. A corrected one has the person's value,
-- and the machine's in value_machine. A rejected one is not here, and a part of it becomes a figure of its own. An added one
-- has the words that the person named. The machine's own facts are in stage_facts and correction.
-- Nearly all reports have no correction. Their facts pass without a join, which costs nothing.
WITH corrected_fact AS (
    SELECT c.fact_id, c.action, c.value, c.qualifier, c.value_low, c.value_high, c.value_machine, c.corrected_by, c.reason
    FROM correction AS c
    WHERE c.outcome = 'applied' AND c.action IN ('accept', 'reject', 'value')
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
        f.number_start, f.number_end, f.sentence, f.rule_id, f.read_as, f.confidence, NULL::DOUBLE AS value_machine,
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
        CASE WHEN gone.fact_id IS NULL THEN f.role ELSE 'total' END,
        CASE WHEN gone.fact_id IS NULL THEN f.subset_of END,
        f.scope, f.scope_who, f.scope_where, f.scope_what, f.scope_key, f.scope_group, f.period, f.months,
        f.period_start, f.period_end, f.is_substitute, f.implicit_zero, f.section, f.evidence, f.char_start, f.char_end,
        f.number_start, f.number_end, f.sentence, f.rule_id, f.read_as,
        CASE WHEN s.fact_id IS NULL THEN f.confidence ELSE 1.0 END,
        s.value_machine, s.corrected_by, s.reason, f.codebook_version, f.engine_version
    FROM stage_facts AS f
    INNER JOIN corrected_report AS o ON o.report_id = f.report_id
    LEFT JOIN corrected_fact AS s ON s.fact_id = f.fact_id
    LEFT JOIN corrected_fact AS gone ON gone.fact_id = f.subset_of AND gone.action = 'reject'
    WHERE s.action IS DISTINCT FROM 'reject'
    UNION ALL
    SELECT
        c.fact_id, c.report_id, c.metric_code, c.value, c.unit, NULL::VARCHAR, c.qualifier, c.value_low, c.value_high,
        'total', NULL::VARCHAR, NULL::VARCHAR, '', '', '', '', '', 'year', 12, 1, 12, FALSE, c.implicit_zero, NULL::VARCHAR,
        c.evidence, c.char_start, c.char_end, c.number_start, c.number_end, c.sentence, 'correction', 'person', 1.0,
        NULL::DOUBLE, c.corrected_by, c.reason, NULL::VARCHAR, NULL::VARCHAR
    FROM correction AS c
    WHERE c.outcome = 'applied' AND c.action = 'add'
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
    f.confidence,
    f.value_machine,
    f.corrected_by,
    f.reason,
    f.codebook_version,
    f.engine_version
FROM fact AS f
LEFT JOIN dim_report AS r ON r.report_id = f.report_id
ORDER BY r.township_code, r.report_year, f.report_id, f.number_start, f.metric_code, f.fact_id
