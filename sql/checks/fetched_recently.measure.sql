SELECT
    'days' AS scope, date_diff('day', max(d.fetched_at)::DATE, getvariable('today')) AS value, NULL AS whole
FROM dim_report AS d
WHERE d.source_id IS NOT NULL
HAVING getvariable('sources_on') AND max(d.fetched_at) IS NOT NULL
