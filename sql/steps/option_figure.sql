-- A row is the figure of a scope and a target that it can count for. A target is an indicator, or a headline made of several
-- (dim_headline). A target has options, of which one will be taken: an indicator is stated by a source, a headline has choices,
-- each made of the figures of the chosen sources.
--   is_part     its total is a figure of another indicator of the same headline;
--   is_exceeded such a part exceeds that total;
--   n_figures   how many figures the option has.
WITH component AS (
    SELECT
        m.metric, t.metric AS target, h.choice, h.n_needed, h.is_lower_bound,
        list(m.metric) OVER (PARTITION BY t.metric) AS metrics
    FROM dim_headline AS h
    INNER JOIN numbered_metric AS m ON m.metric_code = h.metric_code
    INNER JOIN numbered_metric AS t ON t.metric_code = h.headline
),
candidate AS (
    SELECT
        s.unit_year, s.metric AS target, s.source AS option, s.metric, s.kind, s.aggregation, s.scope, s.scope_group,
        s.first_month, s.last_month, s.is_whole_year, s.value, s.value_low, s.value_high, s.facts, s.all_facts, s.confidence,
        s.has_conflict, s.has_part, s.has_repeat, s.is_deduplicated, s.is_substitute, s.is_year_over_part, s.is_latest_moment,
        s.is_periods_summed, s.is_possible_total,
        1 AS n_needed, FALSE AS is_lower_bound, []::INTEGER[] AS metrics,
        s.source = coalesce(h.source, s.source) AS is_chosen,
        NOT coalesce(h.is_canonical, TRUE) AS is_other_version
    FROM scope_figure AS s
    LEFT JOIN chosen_source AS h ON h.unit_year = s.unit_year AND h.metric = s.metric
),
placed AS (
    SELECT
        c.unit_year, c.target, c.option, c.metric, c.kind, c.aggregation, c.scope, c.scope_group, c.first_month, c.last_month,
        c.is_whole_year, c.value, c.value_low, c.value_high, c.facts, c.all_facts, c.confidence, c.has_conflict, c.has_part,
        c.has_repeat, c.is_deduplicated, c.is_substitute, c.is_year_over_part, c.is_latest_moment, c.is_periods_summed,
        c.is_possible_total,
        c.n_needed, c.is_lower_bound, c.metrics, c.is_chosen, c.is_other_version
    FROM candidate AS c
    UNION ALL
    SELECT
        c.unit_year, h.target, h.choice, c.metric, c.kind, c.aggregation, c.scope, c.scope_group, c.first_month, c.last_month,
        c.is_whole_year, c.value, c.value_low, c.value_high, c.facts, c.all_facts, c.confidence, c.has_conflict, c.has_part,
        c.has_repeat, c.is_deduplicated, c.is_substitute, c.is_year_over_part, c.is_latest_moment, c.is_periods_summed,
        c.is_possible_total,
        h.n_needed, h.is_lower_bound, h.metrics, TRUE, c.is_other_version
    FROM candidate AS c
    INNER JOIN component AS h ON h.metric = c.metric
    WHERE c.is_chosen
)
SELECT
    p.unit_year, p.target, p.option, p.metric, p.kind, p.aggregation, p.scope, p.scope_group, p.first_month, p.last_month,
    p.is_whole_year, p.value, p.value_low, p.value_high, p.facts, p.all_facts, p.confidence, p.has_conflict, p.has_part,
    p.has_repeat, p.is_deduplicated, p.is_substitute, p.is_year_over_part, p.is_latest_moment, p.is_periods_summed, p.is_possible_total,
    p.n_needed, p.is_lower_bound, p.is_chosen, p.is_other_version,
    len(list_filter(p.all_facts, lambda f : list_contains(p.metrics, f.total_metric) AND f.total_metric <> p.metric)) > 0
        AS is_part,
    len(list_filter(
        p.all_facts, lambda f : list_contains(p.metrics, f.total_metric) AND f.total_metric <> p.metric AND f.is_above
    )) > 0 AS is_exceeded,
    count(*) OVER (PARTITION BY p.unit_year, p.target, p.option) AS n_figures
FROM placed AS p
