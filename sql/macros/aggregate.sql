-- Combines several figures of one indicator by its aggregation (dim_indicator.aggregation).
CREATE TEMP MACRO combined_value(aggregation, figure) AS
    CASE aggregation WHEN 'mean' THEN avg(figure) WHEN 'max' THEN max(figure) ELSE sum(figure) END;

-- The same for a bound: if one bound is not known, the bound of the whole is not known.
CREATE TEMP MACRO combined_bound(aggregation, bound) AS
    CASE WHEN count(bound) = count(*) THEN combined_value(aggregation, bound) END;

-- The figure of one indicator in a list that is ordered like the list of their codes; null if the code is not there.
CREATE TEMP MACRO stated(metric_code, codes, figures) AS figures[list_position(codes, metric_code)];
