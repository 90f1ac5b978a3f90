-- One row a county, year and indicator that at least one of its townships states; area_figure works it out. To join data of
-- that year by code, see docs/joining.md.
SELECT
    a.county_code,
    a.county_name,
    c.county_code_then,
    c.county_name_then,
    a.city_code,
    a.city_name,
    a.province_code,
    a.province_name,
    a.report_year,
    a.metric_code,
    a.value,
    a.unit,
    a.value_low,
    a.value_high,
    a.is_lower_bound,
    a.method,
    a.mean,
    a.weighted_mean,
    a.n_weighted,
    a.n_reporting,
    a.n_units,
    a.coverage,
    a.n_special_reporting,
    a.n_special,
    a.n_dropped,
    a.n_part_of_year,
    a.n_conflicts,
    a.change_stable,
    a.n_stable
FROM area_figure AS a
LEFT JOIN dim_county_year AS c ON c.county_code = a.county_code AND c.year = a.report_year
WHERE a.level = 'county'
ORDER BY a.county_code, a.report_year, a.metric_code
