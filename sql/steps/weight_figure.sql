-- A row is an exact figure above 0 of an indicator that weights a rate, in its chosen source.
WITH figure AS (
    SELECT p.unit_year, p.source, p.metric, p.kind, p.scope_group, p.first_month, p.last_month, p.value, p.value_low, p.value_high
    FROM period_figure AS p
    UNION ALL
    SELECT f.unit_year, f.source, f.metric, f.kind, f.scope_group, f.first_month, f.last_month, f.value, f.value_low, f.value_high
    FROM accepted_fact AS f
    WHERE f.is_alone
)
SELECT f.unit_year, f.metric, f.kind, f.scope_group, f.first_month, f.last_month, f.value
FROM figure AS f
LEFT JOIN chosen_source AS h ON h.unit_year = f.unit_year AND h.metric = f.metric
WHERE
    f.metric IN (SELECT m.weight FROM numbered_metric AS m)
    AND f.source = coalesce(h.source, f.source)
    AND f.value > 0 AND is_exact(f.value, f.value_low, f.value_high)
