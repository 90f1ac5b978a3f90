SELECT f.fact_id
FROM fact_indicator AS f
WHERE
    f.number_start IS NULL OR f.number_end IS NULL
    OR f.number_start < f.char_start OR f.number_end > f.char_end OR f.number_end < f.number_start
