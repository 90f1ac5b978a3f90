-- How many publicity events are there per village with a legal adviser, by county? Over the units that state both; the last year.
-- 最近一年，各县平均每个有法律顾问的村举办多少场普法活动？只用两个数都写明的单位。
SELECT
    y.province_name AS province,
    y.county_name AS county,
    y.report_year AS year,
    sum(y.publicity_events_headline)::BIGINT AS events,
    sum(y.villages_with_legal_adviser)::BIGINT AS villages,
    round(sum(y.publicity_events_headline) / sum(y.villages_with_legal_adviser), 2) AS events_per_village,
    bool_or(y.publicity_events_headline_is_lower_bound) AS is_lower_bound,
    count(*) AS n
FROM township_year AS y
WHERE
    y.publicity_events_headline IS NOT NULL
    AND y.villages_with_legal_adviser > 0
    AND y.report_year = (SELECT max(l.report_year) FROM township_year AS l)
GROUP BY y.county_code, y.province_name, y.county_name, y.report_year
ORDER BY events_per_village DESC, y.county_code
