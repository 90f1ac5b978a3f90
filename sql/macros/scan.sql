-- Whether the digits of a figure that was read by character recognition are unsure: UNSURE of
-- pipelines/read/scans/scanned_page.py, whose reason stands there. Null, for text, is sure.
CREATE TEMP MACRO is_unsure(digit_confidence) AS coalesce(digit_confidence < 0.95, FALSE);
