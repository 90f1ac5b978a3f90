-- One row a codebook entry, and one for each of the four headlines, which are made of codebook entries (dim_headline).
WITH headline AS (
    SELECT v.metric_code, v.name_zh, v.name_en, v.unit, v.kind, v.counts, v.excludes, v.definition, v.definition_zh
    FROM (VALUES
        ('trainings_held', '学法培训场次', 'Law study sessions and trainings held', '次', 'flow',
         '学法、学习研讨与各类法治培训合计', '考试、旁听庭审、面向群众的宣传',
         'All law study sessions, seminars and trainings of officials, enforcement staff and law-literate persons together.',
         '各类学法、学习研讨和法治培训的合计次数。'),
        ('enforcement_staff_headline', '行政执法人员', 'Administrative enforcement staff, best figure', '人', 'stock',
         '行政执法人员;未写明时以持证人数为下限', '辅助执法人员',
         'Enforcement staff as stated; where only the holders of a certificate are stated, they are a lower bound.',
         '行政执法人员数;报告只写持证人数时作为下限。'),
        ('petitions_handled', '信访与热线受理量', 'Petitions and hotline orders handled', '件', 'flow',
         '信访与热线合计;未合计时为两者之和', '办结数、转交数',
         'Petitions and hotline orders as stated together, else the two added; where one of the two is not stated, '
         || 'the other is a lower bound.',
         '信访与12345热线的合计受理量;未写合计时两者相加,只写其一时作为下限。'),
        ('publicity_events_headline', '普法宣传活动', 'Law publicity events and talks', '场', 'flow',
         '宣传活动、宣讲与进校园活动合计', '资料份数、受众人数',
         'Publicity events, talks and events in schools together; a part of another of these figures is not added again.',
         '普法活动、宣讲和校园活动的合计场次;已含在其他数字中的部分不再相加。')
    ) AS v (metric_code, name_zh, name_en, unit, kind, counts, excludes, definition, definition_zh)
)
SELECT
    i.metric_code,
    i.family,
    i.name_zh,
    i.name_en,
    i.unit,
    i.kind,
    i.aggregation,
    nullif(i.weight, '') AS weight,
    coalesce(i.includes, []::VARCHAR[]) AS includes,
    FALSE AS is_headline,
    m.metric_code IS NOT NULL AS is_main,
    i.counts,
    i.excludes,
    i.definition,
    i.definition_zh
FROM ref_indicators AS i
LEFT JOIN main_indicator AS m ON m.metric_code = i.metric_code
UNION ALL
SELECT
    h.metric_code, 'headline', h.name_zh, h.name_en, h.unit, h.kind, 'sum', NULL::VARCHAR, []::VARCHAR[], TRUE, FALSE,
    h.counts, h.excludes, h.definition, h.definition_zh
FROM headline AS h
ORDER BY metric_code
