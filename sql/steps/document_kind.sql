-- A row is a kind of document: what a person may say that one is, and what the machine says (known_kind). The first three are
-- reports that the marts take. The others are kept out, and each is the reason_code of that. `doc_type` and `doc_level` are what
-- such a document is in dim_report; null leaves what the machine found. A kind with a level of its own is no township's.
SELECT k.doc_kind, k.is_accepted, k.doc_type, k.doc_level
FROM (
    VALUES
    ('annual_report', TRUE, 'annual_report', NULL),
    ('work_summary', TRUE, 'work_summary', NULL),
    ('enforcement_report', TRUE, 'enforcement_report', NULL),
    ('county_report', FALSE, NULL, 'county'),
    ('city_report', FALSE, NULL, 'city'),
    ('department_report', FALSE, NULL, 'department'),
    ('disclosure_report', FALSE, 'info_disclosure_report', NULL),
    ('news', FALSE, 'news_brief', NULL),
    ('speech', FALSE, 'speech', NULL),
    ('template', FALSE, 'template', 'template'),
    ('not_a_report', FALSE, 'other', NULL)
) AS k (doc_kind, is_accepted, doc_type, doc_level)
