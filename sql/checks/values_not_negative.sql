SELECT f.township_code, f.report_year, f.metric_code, f.value, f.unit, f.fact_id
FROM fact_indicator AS f
-- No count comes near 1e300. Infinity and NaN are above it.
WHERE f.value < 0 OR f.value_low < 0 OR f.value_high < 0 OR f.value > 1e300
