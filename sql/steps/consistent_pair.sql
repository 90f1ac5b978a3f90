-- A row is a rule that the figures of one unit and year keep if the reports are right. To add a rule, add a row.
--   at_most  `metric_code` counts a part of what `other_metric_code` counts, so it is at most as large;
--   share    `rate_metric_code` percent of `other_metric_code` are `metric_code`.
-- Parts that a report names as parts of a total need no row: consistency compares each with its total.
SELECT v.kind, v.metric_code, v.other_metric_code, v.rate_metric_code
FROM (VALUES
    ('at_most', 'enforcement_staff_certified', 'enforcement_staff', NULL),
    ('at_most', 'enforcement_certificates_new', 'enforcement_staff_certified', NULL),
    ('at_most', 'enforcement_penalty_cases_summary', 'enforcement_penalty_cases', NULL),
    ('at_most', 'enforcement_penalty_cases_ordinary', 'enforcement_penalty_cases', NULL),
    ('at_most', 'petitions_closed', 'petitions_received', NULL),
    ('at_most', 'petitions_first', 'petitions_received', NULL),
    ('at_most', 'petitions_repeat', 'petitions_received', NULL),
    ('at_most', 'petitions_received', 'petitions_and_hotline_received', NULL),
    ('at_most', 'hotline_received', 'petitions_and_hotline_received', NULL),
    ('at_most', 'hotline_closed', 'hotline_received', NULL),
    ('at_most', 'hotline_in_progress', 'hotline_received', NULL),
    ('at_most', 'hotline_returned', 'hotline_received', NULL),
    ('at_most', 'petition_backlog_resolved', 'petition_backlog_listed', NULL),
    ('at_most', 'mediation_agreements', 'disputes_mediated', NULL),
    ('at_most', 'mediation_confirmations', 'mediation_agreements', NULL),
    ('at_most', 'governance_supervision_rectified', 'governance_supervision_problems', NULL),
    ('at_most', 'legality_reviews_normative', 'legality_reviews', NULL),
    ('at_most', 'legality_reviews_contracts', 'legality_reviews', NULL),
    ('at_most', 'legality_reviews_enforcement', 'legality_reviews', NULL),
    ('at_most', 'litigation_lost', 'litigation_cases', NULL),
    ('at_most', 'business_demands_resolved', 'business_demands_received', NULL),
    ('at_most', 'safety_hazards_rectified', 'safety_hazards_found', NULL),
    ('share', 'enforcement_staff_certified', 'enforcement_staff', 'enforcement_certification_rate'),
    ('share', 'petitions_closed', 'petitions_received', 'petition_closure_rate'),
    ('share', 'hotline_closed', 'hotline_received', 'hotline_closure_rate'),
    ('share', 'litigation_lost', 'litigation_cases', 'litigation_loss_rate')
) AS v (kind, metric_code, other_metric_code, rate_metric_code)
