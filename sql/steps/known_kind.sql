-- A row is a document and its kind according to the machine: why it is no report of a township, else which report it is. A
-- document that could not be read has none.
SELECT
    i.report_id,
    CASE WHEN o.doc_kind IS NULL THEN i.doc_type ELSE i.reason_code END AS doc_kind,
    o.doc_kind IS NULL AS is_accepted
FROM stage_identities AS i
LEFT JOIN document_kind AS o ON o.doc_kind = i.reason_code
LEFT JOIN document_kind AS t ON t.doc_kind = i.doc_type AND t.is_accepted
WHERE o.doc_kind IS NOT NULL OR t.doc_kind IS NOT NULL
