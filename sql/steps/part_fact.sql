-- A row is a fact that its report states as a part of another (其中), and the total.
--   is_above   the part exceeds its total;
--   is_circle  the total is a part of its part, or of itself: neither is taken for a part.
SELECT
    p.fact_id,
    t.fact_id AS total_id,
    p.metric,
    t.metric AS total_metric,
    coalesce(p.value_low > t.value_high, FALSE) AS is_above,
    c.is_circle
FROM accepted_fact AS p
INNER JOIN accepted_fact AS t ON t.fact_id = p.subset_of
CROSS JOIN LATERAL (
    SELECT p.fact_id = t.fact_id OR t.role = 'subset' AND coalesce(t.subset_of = p.fact_id, FALSE)
) AS c (is_circle)
WHERE p.role = 'subset' AND (c.is_circle OR p.is_used AND t.is_used)
