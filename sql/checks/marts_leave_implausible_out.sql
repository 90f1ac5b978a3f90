SELECT m.fact_id
FROM (SELECT unnest(t.fact_ids) AS fact_id FROM township_metric AS t) AS m
INNER JOIN fact_indicator AS f ON f.fact_id = m.fact_id
WHERE f.implausible
