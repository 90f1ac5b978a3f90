-- Do copied texts carry copied figures? Exact figures that are the same as the year before, by how much of the text is.
-- 照抄的文字是否带着照抄的数字？按与上年相同文字的比例分组，看相同数字的比例。
SELECT
    CASE
        WHEN s.share_last_year < 0.25 THEN '1. below 25 %'
        WHEN s.share_last_year < 0.5 THEN '2. 25 to 50 %'
        WHEN s.share_last_year < 0.75 THEN '3. 50 to 75 %'
        ELSE '4. 75 % and more'
    END AS text_of_last_year,
    count(DISTINCT s.report_id) AS reports,
    count(*) AS figures_in_both_years,
    round(100 * avg((c.change = 0)::INTEGER), 1) AS percent_the_same
FROM report_similarity AS s
INNER JOIN dim_report AS r ON r.report_id = s.report_id AND r.is_canonical
INNER JOIN township_change AS c ON c.township_code = r.township_code AND c.report_year = r.report_year
WHERE s.share_last_year IS NOT NULL AND c.is_exact AND NOT c.is_headline
GROUP BY text_of_last_year
ORDER BY text_of_last_year
