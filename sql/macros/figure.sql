-- What several intervals are together: an unknown low is left out, one unknown high leaves the high unknown.
CREATE TEMP MACRO sum_of_highs(high) AS CASE WHEN count(high) = count(*) THEN sum(high) END;

CREATE TEMP MACRO max_of_highs(high) AS CASE WHEN count(high) = count(*) THEN max(high) END;

-- Whether a figure is known exactly.
CREATE TEMP MACRO is_exact(value, value_low, value_high) AS
    coalesce(value = value_low AND value = value_high, FALSE);
