"""A first look at a release, as a marimo notebook: three charts, and the way from one figure back to its sentences.

`make notebook` opens it to read, `make notebook-edit` as code. It reads the release of the folder that FAZHI_WAREHOUSE
names (default: `warehouse/`) and changes nothing. `pipelines/report` draws the charts. The SQL here works in any DuckDB
client.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="fazhi: a first look")


@app.cell
def _():
    import html

    import duckdb
    import marimo as mo

    from pipelines.report.coverage_chart import coverage, draw_coverage
    from pipelines.report.panel_charts import changes, draw_changes, draw_headlines, headlines
    from pipelines.settings import Settings

    return (
        Settings,
        changes,
        coverage,
        draw_changes,
        draw_coverage,
        draw_headlines,
        duckdb,
        headlines,
        html,
        mo,
    )


@app.cell(hide_code=True)
def _(mo):
    mo.md("""
    # A first look at the release · 初步浏览

    Every year Chinese townships (乡镇、街道) account in public for their rule-of-law work (法治政府建设年度报告).
    The release holds what their reports state, figure by figure. This page asks it three questions:

    1. Of how many townships is there a report? (覆盖率)
    2. How are the four headline figures distributed? (主要指标的分布)
    3. How did they change on the year before? (与上年相比)

    and then goes **from one figure back to the sentences** that state it (从数字回到原文).
    """)
    return


@app.cell
def _(Settings, duckdb, mo):
    release_path = Settings.load().release_path
    mo.stop(
        not release_path.is_file(),
        mo.md(
            f"There is no release at `{release_path}`. Build one with `make run`, or name the folder of another in the "
            "environment variable `FAZHI_WAREHOUSE`."
        ),
    )
    con = duckdb.connect(str(release_path), read_only=True)

    def ask(sql, **values):
        """The rows that `sql` gives, as a list of dictionaries."""
        cursor = con.execute(sql, values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    return ask, con


@app.cell
def _(ask, mo):
    about = ask("SELECT r.release_id, r.built_at, r.n_accepted, r.n_quarantined, r.n_facts FROM release AS r")[0]
    few = (
        "\n\n**These are few reports: every chart below works, but no share or median of so few says anything about "
        "the country.** 报告太少,以下图表仅作演示。"
        if about["n_accepted"] < 100
        else ""
    )
    mo.md(
        f"Release `{about['release_id']}`, built {about['built_at']:%Y-%m-%d %H:%M} (UTC): "
        f"{about['n_accepted']:,} reports accepted (采用), {about['n_quarantined']:,} quarantined (隔离), "
        f"{about['n_facts']:,} facts.{few}"
    )
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md("""
    ## 1. Who reports · 覆盖率

    A cell is the share of a province's townships with an accepted report for the year. A white cell is a year in which
    none of them reports: that is known. What a township without a report did is not known, and nowhere taken as zero.
    """)
    return


@app.cell
def _(con, coverage, draw_coverage, mo):
    mo.Html(draw_coverage(coverage(con)).decode())
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md("""
    ## 2. The four headlines · 四项主要指标

    Not every report states every figure: `n` says how many do. Where a report says 4200余 or counts only a part of the
    staff, the figure is a lower bound (下限); it is hatched, and a median of such figures is a lower bound too. The
    bounds are columns of `township_year`.
    """)
    return


@app.cell
def _(con, draw_headlines, headlines, mo):
    mo.Html(draw_headlines(headlines(con)).decode())
    return


@app.cell
def _(ask, mo):
    widest = ask("""
        SELECT
            y.province_name, y.county_name, y.township_name, y.report_year,
            y.enforcement_staff_headline_low AS at_least, y.enforcement_staff_headline_high AS at_most
        FROM township_year AS y
        WHERE y.enforcement_staff_headline_is_lower_bound
        ORDER BY y.enforcement_staff_headline_low DESC, y.township_code, y.report_year
        LIMIT 10
    """)
    mo.ui.table(
        widest,
        selection=None,
        format_mapping={"report_year": str},
        label="The largest lower bounds of enforcement staff (行政执法人员)",
    )
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md("""
    ## 3. Change on the year before · 与上年相比

    Only figures that a township states exactly in both years are compared; a rounded figure may seem to move when
    nothing did. The class around zero, from −5 % to +5 %, is as good as no change.
    """)
    return


@app.cell
def _(changes, con, draw_changes, mo):
    mo.Html(draw_changes(changes(con)).decode())
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md("""
    ## From a figure to its sentences · 从数字回到原文

    Choose a figure. `method` says how the stated numbers became one; below stands every fact that went into it, in its
    sentence. In SQL: `township_metric.fact_ids` leads to `fact_indicator`, and its offsets into `report_text`.
    """)
    return


@app.cell
def _(ask, mo):
    figures = ask("""
        SELECT
            m.township_code, d.township_name, m.report_year, m.metric_code, i.name_zh,
            m.value, m.qualifier, m.unit, m.method
        FROM township_metric AS m
        INNER JOIN dim_indicator AS i ON i.metric_code = m.metric_code
        LEFT JOIN dim_division AS d ON d.level = 'township' AND d.township_code = m.township_code
        WHERE m.is_headline
        ORDER BY m.n_facts DESC, m.township_code, m.report_year, m.metric_code
        LIMIT 20
    """)
    mo.stop(not figures, mo.md("This release states no headline figure."))
    signs = {"at_least": "≥ ", "at_most": "≤ ", "approx": "≈ "}
    labels = {
        f"{row['township_name']} {row['report_year']} {row['name_zh']}: "
        f"{signs.get(row['qualifier'], '')}{row['value']:,.10g} {row['unit']} ({row['method']})": row
        for row in figures
    }
    figure = mo.ui.dropdown(labels, value=next(iter(labels)))
    mo.md(f"Figure: {figure}")
    return (figure,)


@app.cell
def _(ask, figure, html, mo):
    sentences = ask(
        """
        WITH wanted AS (
            SELECT unnest(m.fact_ids) AS fact_id
            FROM township_metric AS m
            WHERE m.township_code = $township_code AND m.report_year = $report_year AND m.metric_code = $metric_code
        )
        SELECT
            f.metric_code, f.value, f.unit, f.qualifier, r.title,
            substr(t.text, greatest(f.char_start - 30, 0) + 1, least(f.char_start, 30)) AS before,
            substr(t.text, f.char_start + 1, f.char_end - f.char_start) AS sentence,
            substr(t.text, f.char_end + 1, 30) AS after
        FROM wanted AS w
        INNER JOIN fact_indicator AS f ON f.fact_id = w.fact_id
        INNER JOIN dim_report AS r ON r.report_id = f.report_id
        INNER JOIN report_text AS t ON t.report_id = f.report_id
        ORDER BY f.report_id, f.char_start, f.metric_code
        """,
        **{name: figure.value[name] for name in ("township_code", "report_year", "metric_code")},
    )

    def cells(row):
        text = {name: html.escape(str(row[name] or "")) for name in row}
        return (
            f"<td>{text['metric_code']}</td><td>{row['value']:,.10g} {text['unit']}</td><td>{text['qualifier']}</td>"
            f"<td>…{text['before']}<mark>{text['sentence']}</mark>{text['after']}…</td><td>{text['title']}</td>"
        )

    head = "<th>indicator</th><th>value</th><th>qualifier</th><th>原文 sentence</th><th>report</th>"
    body = "".join(f"<tr>{cells(row)}</tr>" for row in sentences)
    mo.Html(f"<table style='border-collapse: separate; border-spacing: 0.8em 0.4em'><tr>{head}</tr>{body}</table>")
    return (sentences,)


if __name__ == "__main__":
    app.run()
