-- What a person should check, the most useful first. `worth` is how much a check is likely to correct, 0 to 95. It adds up
-- how likely the item is wrong,
--   correction_stale     92   a person's correction (or _not_found, _ambiguous, _invalid) was not applied: work already done
--   rate_out_of_range    90   a rate above 100 is certainly wrong, here or in the report; it is in no mart
--   implausible          88   a count or amount far beyond what one township can have: in no mart until a person confirms it
--   bounds_contradict    85   a value that lies outside its own bounds: the words were read wrongly
--   period_backwards     85   a period that ends before it begins: the same
--   conflict             80   two figures for one thing: one of them is wrong, or they count different things
--   part_above_total     78   a part (其中) that is larger than its total, in one report
--   inconsistent         75   figures of several indicators that cannot all be right (consistency)
--   unit_disagrees       65   title, opening, signature or publisher name different units: all figures may be another's
--   unresolved_unit      60   a township's report without a unit: none of its facts is in a mart
--   unsure_digits        65   a figure, or the year in a title, that character recognition was not sure of on a scan
--   year_disagrees       55   title, opening, document number and dates do not fit one year: all figures may be another's
--   versions_disagree    50   accepted versions of one report state different figures: one was corrected, or misread
--   low_confidence       70 - 50 x confidence, for facts of which 3 in 10 or more are wrong (confidence below 0.7) and
--                        for ties, which may leave a headline empty: about 40
--   level_doubtful       45   kept out as a county's or an office's, but it says 我镇 or a township signs it
--   unclassified_number  40   a number with a classifier and no named reason: the codebook may lack an entry;
--                        25   without a classifier it is rarely a figure
--   quarantined_report   30   a township's text with facts that was not accepted as a report: mostly for a good reason
--   outside_years        20   a unit that did not exist at the end of the year: often the new name on an old year
--   jump                 15   an exact figure more than 10 times that of the year before, or less than a tenth, one of them 100
--                             or more: mostly another way to count
--   outlier              10   an exact figure above 20 times the median of ten or more units: mostly just a large unit
-- and how much depends on it: 5 for a figure that counts towards a headline, because headlines are what units are compared
-- by; for a report 1 for each fact, and 2 more for each fact that counts towards a headline. An item about facts stays until
-- corrections.csv has an answer for each of them (corrected_by).
-- What one report shows by itself is worked out in report_item, what the country decides in figure_outlier, and which
-- corrections wait in correction_waiting. So the items of a province are worked out again only where something of it changed;
-- those without a unit are one part more.
WITH headline AS (
    SELECT DISTINCT d.metric_code
    FROM dim_headline AS d
),
doubtful_fact AS (
    SELECT
        c.kind, c.subject, c.report_id, c.township_code, c.report_year, c.metric_code, c.expected, c.doubt,
        unnest(c.fact_ids) AS fact_id
    FROM doubtful_figure AS c
),
figure_item AS (
    SELECT
        c.kind, c.subject, c.report_id, c.township_code, c.report_year, c.metric_code,
        list(f.fact_id ORDER BY f.number_start, f.fact_id) AS fact_ids,
        string_agg(f.evidence, ' ｜ ' ORDER BY f.number_start, f.fact_id) AS evidence,
        c.expected, c.doubt
    FROM doubtful_fact AS c
    INNER JOIN fact_indicator AS f ON f.fact_id = c.fact_id
    GROUP BY c.kind, c.subject, c.report_id, c.township_code, c.report_year, c.metric_code, c.expected, c.doubt
    HAVING NOT bool_and(f.corrected_by IS NOT NULL)
),
item AS (
    SELECT
        c.kind, c.subject, c.report_id, c.township_code, c.report_year, c.metric_code, c.fact_ids, c.evidence, c.expected, c.doubt,
        0 AS n_waiting, NULL::VARCHAR AS reason_code  -- figures are those of accepted reports
    FROM figure_item AS c
    UNION ALL
    SELECT
        'correction_' || c.outcome, 'line ' || c.line::VARCHAR, c.report_id, c.township_code, c.report_year, c.metric_code,
        []::VARCHAR[], c.evidence, 'a line of corrections.csv that can be applied: ' || c.outcome_reason,
        92.0, 0, c.reason_code
    FROM correction_waiting AS c
    UNION ALL
    SELECT
        c.kind, c.subject, c.report_id, c.township_code, c.report_year, c.metric_code, c.fact_ids, c.evidence, c.expected, c.doubt,
        c.n_waiting, c.reason_code
    FROM report_item AS c
)
SELECT
    i.kind || ':' || i.subject AS review_id,
    i.kind,
    least(i.doubt + i.n_waiting + CASE WHEN h.metric_code IS NULL THEN 0 ELSE 5 END, 95.0)::DOUBLE AS worth,
    i.report_id,
    i.township_code,
    i.report_year,
    i.metric_code,
    i.evidence,
    i.expected,
    i.fact_ids,
    i.reason_code
FROM item AS i
LEFT JOIN headline AS h ON h.metric_code = i.metric_code
ORDER BY worth DESC, review_id
