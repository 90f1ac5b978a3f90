SELECT f.fact_id
FROM fact_indicator AS f
WHERE f.value_low > f.value OR f.value_high < f.value OR f.value_low > f.value_high
