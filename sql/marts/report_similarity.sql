-- One row an accepted report: how much of its text stands in two other reports, the same unit's of the year before and the
-- nearest of another unit. Copied text makes copied figures: where share_last_year is near 1, a figure that equals last
-- year's may be one that nobody counted again. pipelines.stage.similarities finds the pairs and counts.
SELECT
    s.report_id,
    r.township_code,
    r.report_year,
    s.n_grams,
    s.last_year_report_id,
    s.share_last_year,
    s.nearest_report_id,
    s.nearest_township_code,
    s.nearest_report_year,
    s.share_nearest
FROM stage_similarities AS s
INNER JOIN dim_report AS r ON r.report_id = s.report_id
ORDER BY r.township_code, r.report_year, s.report_id
