// Draws each [data-chart]: bars, rows, lines, tiles and maps. What a chart holds is described in pipelines/web/chart_data.py.
// Tooltips are drawn on the canvas, so that no style and no HTML comes from data.
"use strict";

(() => {
  // Okabe and Ito, without their yellow, which is too pale for a line on white.
  const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#7f7f7f"];
  const [FALLING, PLUS] = ["path://M0,4L-4,-3H4Z", "path://M-4,-1.3H-1.3V-4H1.3V-1.3H4V1.3H1.3V4H-1.3V1.3H-4Z"];
  const SYMBOLS = ["circle", "rect", "triangle", "diamond", FALLING, PLUS, "roundRect", "circle"];
  const DASHES = ["solid", [8, 4], [2, 3], [10, 3, 2, 3], "solid", [8, 4], [2, 3], [10, 3, 2, 3]];
  const SIGNS = { at_least: "≥ ", at_most: "≤ ", approx: "约 " };
  const SCALE = ["#e8f1f8", "#56a5d0", "#08306b"];
  const BLANK = "#f2f2f2";
  // Single quotes: a saved SVG holds this between double ones.
  const FONT = "system-ui, 'Noto Sans CJK SC', 'Noto Sans SC', 'PingFang SC', 'Microsoft YaHei', sans-serif";
  const number = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });
  const percent = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 1 });

  const language = () => document.documentElement.dataset.language;
  function said(text, isShort) {
    if (text === null || text === undefined) return "";
    if (typeof text === "string") return text;
    if (language() === "en") return text.en;
    return language() === "zh" || isShort ? text.zh : `${text.zh} ${text.en}`;
  }

  const figure = (value, bound) => (value === null || value === undefined ? "—" : (SIGNS[bound] || "") + number.format(value));
  const isOpen = (bound) => bound === "at_least" || bound === "at_most";

  // A figure that is only a bound is hollow and carries its sign.
  function item(value, bound, colour, position) {
    if (value === null) return { value: "-" };
    if (!isOpen(bound)) return { value };
    return {
      value,
      itemStyle: { color: "#ffffff", borderColor: colour, borderWidth: 2, borderType: "solid" },
      label: { show: true, formatter: SIGNS[bound].trim(), position, rotate: 0, color: "#1b1f24", fontWeight: "bold" },
    };
  }

  function shared(chart, width) {
    return {
      animation: false,
      backgroundColor: "#ffffff",
      textStyle: { fontFamily: FONT, color: "#1b1f24" },
      aria: { enabled: false },
      grid: { left: 8, right: 24, top: chart.series ? room(chart, width) : 4, bottom: 8, containLabel: true },
      tooltip: { renderMode: "richText", confine: true, trigger: "axis", axisPointer: { type: "shadow" } },
    };
  }

  function tip(chart) {
    return (points) => {
      const at = points[0].dataIndex;
      const lines = chart.series.map((one) => `${said(one.name)}: ${figure(one.values[at], (one.bounds || [])[at])} ${chart.unit || ""}`);
      return [chart.categories[at], ...lines].join("\n");
    };
  }

  const legend = (chart) => (chart.series.length > 1 ? { type: "plain", top: 0, itemWidth: 34, textStyle: { fontSize: 12 } } : undefined);

  // About how many pixels a text takes: a Chinese character is as wide as it is high.
  function length(text, size) {
    const wide = (text.match(/[^\x00-\x7f]/g) || []).length;
    return size * (wide + 0.6 * (text.length - wide));
  }

  // Room above the drawing for as many rows of the legend as its names need.
  function room(chart, width) {
    if (chart.series.length < 2) return 24;
    let [rows, used] = [1, 0];
    for (const one of chart.series) {
      const needed = 56 + length(said(one.name), 12);
      if (used && used + needed > width - 10) [rows, used] = [rows + 1, 0];
      used += needed;
    }
    return 18 + 24 * rows;
  }

  function bars(chart, width, isLying) {
    const names = { type: "category", data: chart.categories, axisTick: { alignWithLabel: true }, inverse: isLying };
    const scale = { type: "value", name: said(chart.axis), nameTextStyle: { align: "left" }, axisLabel: { formatter: (value) => number.format(value), hideOverlap: true } };
    if (isLying) names.axisLabel = { interval: 0, width: 120, overflow: "truncate" };
    const tooltip = { ...shared(chart, width).tooltip, formatter: tip(isLying ? chart : { ...chart, unit: said(chart.axis) }) };
    return {
      ...shared(chart, width),
      tooltip,
      legend: legend(chart),
      xAxis: isLying ? scale : names,
      yAxis: isLying ? names : scale,
      series: chart.series.map((one, at) => ({
        type: "bar",
        name: said(one.name),
        stack: isLying ? undefined : "all",
        barCategoryGap: isLying ? "25%" : "8%",
        // Bars that stand on others are bounds: hollow as well.
        itemStyle: at === 0 ? { color: COLOURS[0] } : { color: "#ffffff", borderColor: COLOURS[at], borderWidth: 2 },
        data: one.values.map((value, place) =>
          item(isLying || value ? value : null, (one.bounds || [])[place], COLOURS[at], isLying ? "right" : "top"),
        ),
      })),
    };
  }

  function lines(chart, width) {
    return {
      ...shared(chart, width),
      tooltip: { ...shared(chart, width).tooltip, formatter: tip(chart), axisPointer: { type: "line" } },
      legend: legend(chart),
      xAxis: { type: "category", data: chart.categories },
      // Rates lie close to each other and far from 0.
      yAxis: { type: "value", scale: chart.unit === "%", axisLabel: { formatter: (value) => number.format(value), hideOverlap: true } },
      series: chart.series.map((one, at) => {
        const [colour, place] = [COLOURS[at % COLOURS.length], at % SYMBOLS.length];
        return {
          type: "line",
          name: said(one.name),
          connectNulls: false,
          labelLayout: { hideOverlap: true },
          symbol: SYMBOLS[place],
          symbolSize: 9,
          showAllSymbol: true,
          color: colour,
          lineStyle: { width: 2, type: DASHES[place], color: colour },
          data: one.values.map((value, year) => item(value, (one.bounds || [])[year], colour, "top")),
        };
      }),
    };
  }

  function scaleOf(chart, values) {
    const [least, most] = [Math.min(...values), Math.max(...values)];
    return {
      type: "continuous",
      min: least,
      max: most > least ? most : least + 1,
      dimension: chart.areas ? undefined : 2,
      seriesIndex: 0,
      orient: "horizontal",
      left: 8,
      bottom: 0,
      itemHeight: 120,
      text: [`${number.format(most)} ${chart.unit || ""}`, number.format(least)],
      inRange: { color: SCALE },
    };
  }

  function tiles(chart, width) {
    const across = Math.max(...chart.tiles.map((tile) => tile.x)) + 1;
    const down = Math.max(...chart.tiles.map((tile) => tile.y)) + 1;
    const values = chart.tiles.map((tile) => tile.value).filter((value) => value !== null);
    const middle = values.length ? (Math.min(...values) + Math.max(...values)) / 2 : 0;
    const axis = (length) => ({ type: "value", min: 0, max: length, show: false });
    return {
      ...shared(chart, width),
      grid: { left: 4, right: 4, top: 4, bottom: 34 },
      tooltip: {
        renderMode: "richText",
        confine: true,
        formatter: (point) => {
          const tile = chart.tiles[point.dataIndex];
          const share = tile.coverage === null ? "—" : percent.format(tile.coverage);
          return `${said(tile.name)}\n${figure(tile.value, tile.bound)} ${chart.unit || ""}\nn = ${number.format(tile.n)} (${share})`;
        },
      },
      xAxis: axis(across),
      yAxis: { ...axis(down), inverse: true },
      visualMap: values.length ? scaleOf(chart, values) : undefined,
      series: [
        {
          type: "custom",
          data: chart.tiles.map((tile) => [tile.x, tile.y, tile.value === null ? NaN : tile.value]),
          renderItem: (params, api) => {
            const tile = chart.tiles[params.dataIndex];
            const [left, top] = api.coord([tile.x, tile.y]);
            const [width, height] = api.size([1, 1]);
            const isBlank = tile.value === null;
            const shape = { x: left + 1.5, y: top + 1.5, width: width - 3, height: height - 3, r: 3 };
            const ink = !isBlank && tile.value > middle ? "#ffffff" : "#1b1f24";
            const name = language() === "en" && width < 70 ? tile.name.en.slice(0, 4) : said(tile.name, true);
            const label = (text, y, size) => ({
              type: "text",
              silent: true,
              style: { text, x: left + width / 2, y, fill: ink, fontSize: size, fontFamily: FONT, align: "center", verticalAlign: "middle" },
            });
            const children = [
              { type: "rect", shape, style: { fill: isBlank ? BLANK : api.visual("color"), stroke: isBlank ? "#c8c8c8" : "none" } },
              label(name, top + height * (isBlank ? 0.5 : 0.34), 12),
            ];
            if (!isBlank) children.push(label(figure(tile.value, tile.bound), top + height * 0.68, 11));
            return { type: "group", children };
          },
        },
      ],
    };
  }

  // A county is drawn where the boundaries have its code, or one that it had before.
  function map(chart, width) {
    const placed = new Map();
    for (const area of chart.areas) {
      const code = area.codes.find((one) => chart.known.has(one));
      if (code) placed.set(code, area);
    }
    const values = [...placed.values()].map((area) => area.value);
    return {
      ...shared(chart, width),
      tooltip: {
        renderMode: "richText",
        confine: true,
        formatter: (point) => {
          const area = placed.get(point.name);
          if (!area) return point.name;
          const share = area.coverage === null ? "—" : percent.format(area.coverage);
          return `${area.name}\n${figure(area.value, area.bound)} ${chart.unit || ""}\nn = ${number.format(area.n)} (${share})`;
        },
      },
      visualMap: values.length ? scaleOf(chart, values) : undefined,
      series: [
        {
          type: "map",
          map: "counties",
          nameProperty: "adcode",
          roam: true,
          layoutCenter: ["50%", "50%"],
          layoutSize: "96%",
          selectedMode: false,
          aspectScale: 0.8,
          itemStyle: { areaColor: BLANK, borderColor: "#b8b8b8", borderWidth: 0.4 },
          emphasis: { label: { show: false }, itemStyle: { areaColor: "#f0a500" } },
          data: [...placed].map(([name, area]) => ({ name, value: area.value })),
        },
      ],
    };
  }

  const KINDS = { bars: (chart, width) => bars(chart, width, false), rows: (chart, width) => bars(chart, width, true), lines, tiles, map };

  function alternative(chart) {
    const areas = chart.tiles || chart.areas;
    const each = areas
      ? areas.slice(0, 60).filter((tile) => tile.value !== null).map((tile) => `${said(tile.name)} ${figure(tile.value, tile.bound)}`)
      : chart.series.map((one) => {
          const points = one.values.map((value, at) => `${chart.categories[at]} ${figure(value, (one.bounds || [])[at])}`);
          return `${said(one.name)}: ${points.slice(0, 30).join(", ")}`;
        });
    return `${said(chart.title)} (${chart.unit || ""}). ${said(chart.note)}. ${each.join("; ")}`;
  }

  function save(name, address) {
    const anchor = document.createElement("a");
    anchor.download = name;
    anchor.href = address;
    anchor.click();
    if (address.startsWith("blob:")) setTimeout(() => URL.revokeObjectURL(address), 60000);
  }

  // What is saved says by itself what it shows: the title, the unit and the n stand above the drawing.
  function titled(chart, plot) {
    const width = plot.clientWidth;
    const text = `${said(chart.title)}${chart.unit ? ` (${chart.unit})` : ""}`;
    const subtext = said(chart.note);
    const wrapped = { width: width - 16, overflow: "break" };
    const rows = (words, size) => Math.ceil((1.1 * length(words, size)) / (width - 16));
    const above = 24 * rows(text, 15) + 18 * rows(subtext, 12) + 16;
    const option = KINDS[chart.kind](chart, width);
    option.title = {
      text,
      subtext,
      left: 4,
      top: 4,
      textStyle: { fontSize: 15, lineHeight: 22, ...wrapped },
      subtextStyle: { fontSize: 12, lineHeight: 17, color: "#57606a", ...wrapped },
    };
    option.grid = { ...option.grid, top: option.grid.top + above };
    if (chart.areas) Object.assign(option.series[0], { layoutCenter: ["50%", "56%"], layoutSize: "84%" });
    if (option.legend) option.legend.top = above;
    return { option, size: { width, height: plot.clientHeight + above } };
  }

  function saved(chart, plot, renderer) {
    const { option, size } = titled(chart, plot);
    const isVector = renderer === "svg";
    const place = isVector ? null : document.createElement("div");
    const drawn = echarts.init(place, null, { renderer: isVector ? "svg" : "canvas", ssr: isVector, ...size });
    drawn.setOption(option);
    const address = isVector
      ? URL.createObjectURL(new Blob([drawn.renderToSVGString()], { type: "image/svg+xml" }))
      : drawn.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: "#ffffff" });
    drawn.dispose();
    return address;
  }

  async function boundaries(address) {
    const found = await (await fetch(address)).json();
    echarts.registerMap("counties", found);
    return new Set(found.features.map((feature) => feature.properties.adcode));
  }

  async function draw(holder) {
    const chart = JSON.parse(holder.dataset.chart);
    if (holder.dataset.boundaries) chart.known = await boundaries(holder.dataset.boundaries);
    const plot = holder.querySelector(".plot");
    plot.setAttribute("role", "img");
    const drawn = echarts.init(plot, null, { renderer: "canvas" });
    const show = () => {
      plot.setAttribute("aria-label", alternative(chart));
      drawn.setOption(KINDS[chart.kind](chart, plot.clientWidth), true);
    };
    show();
    const buttons = document.createElement("p");
    buttons.className = "save";
    for (const renderer of ["svg", "png"]) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = renderer.toUpperCase();
      button.setAttribute("aria-label", `${said(chart.title)}: ${renderer.toUpperCase()}`);
      button.addEventListener("click", () => save(`fazhi-${holder.dataset.name}.${renderer}`, saved(chart, plot, renderer)));
      buttons.append(button);
    }
    holder.append(buttons);
    new ResizeObserver(() => {
      drawn.resize();
      show();
    }).observe(plot);
    new MutationObserver(show).observe(document.documentElement, { attributeFilter: ["data-language"] });
  }

  document.addEventListener("DOMContentLoaded", () => {
    for (const holder of document.querySelectorAll("[data-chart]")) draw(holder);
  });
})();
