-- What share of the disputes found was mediated, by county and year? Over the units that state both; a unit may mediate older disputes.
-- 各县排查出的矛盾纠纷有多少得到化解？只用两个数都写明的单位，化解数可能含往年纠纷。
SELECT
    y.province_name AS province,
    y.county_name AS county,
    y.report_year AS year,
    sum(y.disputes_screened)::BIGINT AS screened,
    sum(y.disputes_mediated)::BIGINT AS mediated,
    round(100 * sum(y.disputes_mediated) / sum(y.disputes_screened), 1) AS mediated_percent,
    count(*) AS n
FROM township_year AS y
WHERE y.disputes_screened IS NOT NULL AND y.disputes_mediated IS NOT NULL
GROUP BY y.county_code, y.province_name, y.county_name, y.report_year
HAVING sum(y.disputes_screened) > 0
ORDER BY y.county_code, y.report_year
