-- What are the four headlines of every unit and year? A null is a figure that the report does not state; ≥ marks a lower bound.
-- 每个单位每年的四个总指标是多少？空值表示报告未写，≥表示下限。
SELECT
    y.province_name AS province,
    y.county_name AS county,
    y.township_name AS township,
    y.report_year AS year,
    if(y.trainings_held_is_lower_bound, '≥ ', '') || format('{:,.15g}', y.trainings_held) AS trainings_held,
    if(y.enforcement_staff_headline_is_lower_bound, '≥ ', '') || format('{:,.15g}', y.enforcement_staff_headline) AS enforcement_staff,
    if(y.petitions_handled_is_lower_bound, '≥ ', '') || format('{:,.15g}', y.petitions_handled) AS petitions_handled,
    if(y.publicity_events_headline_is_lower_bound, '≥ ', '') || format('{:,.15g}', y.publicity_events_headline) AS publicity_events
FROM township_year AS y
ORDER BY y.township_code, y.report_year
