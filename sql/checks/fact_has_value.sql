SELECT f.fact_id
FROM fact_indicator AS f
WHERE f.value IS NULL
