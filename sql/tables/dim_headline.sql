-- What each headline is made of. The first choice that a report states is taken, and the metrics of that choice are added.
-- Fewer of them than n_needed, or a choice that counts only some of the people, gives a lower bound.
WITH component AS (
    -- By pattern, so that a study or training session added to the codebook is counted without a change here.
    SELECT
        'trainings_held' AS headline,
        i.metric_code,
        1 AS choice,
        1 AS n_needed,
        FALSE AS is_lower_bound
    FROM ref_indicators AS i
    WHERE regexp_full_match(i.metric_code, 'study_([a-z_]+_)?sessions|study_seminars|training_([a-z_]+_)?sessions')
    UNION ALL
    SELECT v.headline, v.metric_code, v.choice, v.n_needed, v.is_lower_bound
    FROM (VALUES
        ('enforcement_staff_headline', 'enforcement_staff', 1, 1, FALSE),
        ('enforcement_staff_headline', 'enforcement_staff_certified', 2, 1, TRUE),
        ('petitions_handled', 'petitions_and_hotline_received', 1, 1, FALSE),
        ('petitions_handled', 'petitions_received', 2, 2, FALSE),
        ('petitions_handled', 'hotline_received', 2, 2, FALSE),
        ('publicity_events_headline', 'publicity_events', 1, 1, FALSE),
        ('publicity_events_headline', 'publicity_talks', 1, 1, FALSE),
        ('publicity_events_headline', 'publicity_school_events', 1, 1, FALSE)
    ) AS v (headline, metric_code, choice, n_needed, is_lower_bound)
)
SELECT
    c.headline,
    c.metric_code,
    c.choice,
    c.n_needed,
    c.is_lower_bound
FROM component AS c
ORDER BY c.headline, c.choice, c.metric_code
