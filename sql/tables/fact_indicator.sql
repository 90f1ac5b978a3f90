-- One row a figure stated by one report, quarantined reports included; unit and year are the report's and null where it has none.
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
    f.period,
    f.implicit_zero,
    f.section,
    f.evidence,
    f.char_start,
    f.char_end,
    f.number_start,
    f.number_end,
    f.rule_id,
    f.read_as,
    f.confidence,
    f.codebook_version,
    f.engine_version
FROM stage_facts AS f
LEFT JOIN dim_report AS r ON r.report_id = f.report_id
ORDER BY f.report_id, f.number_start, f.metric_code, f.fact_id
