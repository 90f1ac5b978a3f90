// The keys of the review page: j and k walk, y and n answer, u takes back, Enter opens the report.
"use strict";

(() => {
  const entries = () => [...document.querySelectorAll(".inbox .entry")];
  const current = () => document.activeElement?.closest?.(".inbox .entry") ?? null;

  function go(step) {
    const all = entries();
    const at = all.indexOf(current());
    const next = all[at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1)];
    next?.focus();
    next?.scrollIntoView({ block: "center" });
  }

  const press = {
    j: () => go(1),
    k: () => go(-1),
    y: (entry) => entry?.querySelector('button[value="accept"]'),
    n: (entry) => entry?.querySelector('button[value="reject"]'),
    u: (entry) => [...(entry?.querySelectorAll("button[data-undo]") ?? [])].at(-1),
    Enter: (entry) => entry?.querySelector("a.open"),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(press, event.key)) return;
    if (event.target.closest("input, select, textarea")) return;
    if (event.key === "Enter" && event.target.closest("a, button, summary")) return;
    event.preventDefault();
    pressed(event.key);
  });

  // A key that is pressed while an answer is on its way waits for it: the entry that it means is drawn anew.
  const waiting = [];
  function pressed(key) {
    if (answered) waiting.push(key);
    else press[key](current())?.click();
  }

  // An item that was answered is drawn anew: the same place in it keeps the focus.
  let answered = null;
  document.addEventListener("submit", (event) => {
    const entry = event.target.closest(".inbox .entry");
    const item = entry?.closest(".item");
    const at = item ? [...item.querySelectorAll(".entry")].indexOf(entry) : -1;
    answered = item ? { form: event.target, item: item.dataset.item, at } : null;
  }, true);
  document.addEventListener("htmx:after:swap", () => {
    if (!answered) return;
    const item = [...document.querySelectorAll(".inbox .item")].find((one) => one.dataset.item === answered.item);
    item?.querySelectorAll(".entry")[answered.at]?.focus();
  });
  document.addEventListener("htmx:finally:request", (event) => {
    // The page asks for other things too, such as whether a run is at work; those are no answer.
    if (!answered || event.detail.ctx.request.form !== answered.form) return;
    answered = null;
    while (waiting.length && !answered) pressed(waiting.shift());
  });
})();
