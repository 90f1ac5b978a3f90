// What the static site does without a server: the list below the search box, and the card of the chosen number.
"use strict";

(() => {
  const MOST = 20;
  const here = new URL(document.currentScript.src); // static/site.js: the pages lie one folder above
  const root = new URL("..", here);

  // -- search: the same order as pipelines/web/search_index.py; a part of the index is asked for when it is needed

  let index = null; // a promise of all entries: address, name, code, where, number of reports, what else it is called
  async function fetched(name) {
    const answer = await fetch(new URL(name, here));
    if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
    return answer.json();
  }
  async function load() {
    const parts = await Promise.all((await fetched("search.json")).map(fetched));
    return parts.flat().map(([address, name, code, where, reports, ...others]) => {
      const names = [name, code, ...others].map((one) => one.toLowerCase());
      return { address, name, code, where, reports, names, whole: [...names, where.toLowerCase()].join("\n") };
    });
  }

  function distance(entry, words) {
    const wanted = [...words, words.join("")];
    if (wanted.some((word) => entry.names.includes(word))) return 0;
    if (entry.names.some((name) => wanted.some((word) => name.startsWith(word)))) return 1;
    return entry.names.some((name) => wanted.some((word) => name.includes(word))) ? 2 : 3;
  }

  function find(entries, text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const isAscii = (word) => /^[\x00-\x7f]*$/.test(word);
    if (!words.length || words.some((word) => isAscii(word) && word.length < 2)) return [];
    return entries
      .filter((entry) => words.every((word) => entry.whole.includes(word)))
      .map((entry) => [distance(entry, words), entry])
      .sort(([far, one], [near, other]) => far - near || other.reports - one.reports || (one.code < other.code ? -1 : 1))
      .slice(0, MOST)
      .map(([, entry]) => entry);
  }

  function element(name, text, attributes = {}) {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  function said(zh, en) {
    const both = document.createDocumentFragment();
    both.append(element("span", zh, { class: "zh", lang: "zh" }), " ", element("span", en, { class: "en", lang: "en" }));
    return both;
  }

  function list(found) {
    const answers = element("ul", "", { class: "answers" });
    for (const one of found) {
      const item = element("li");
      const small = element("small", ` ${one.where} ${one.code}`);
      if (one.reports) small.append(` · ${one.reports} `, said("份报告", "reports"));
      item.append(element("a", one.name, { href: new URL(one.address, root).href }), small);
      answers.append(item);
    }
    if (!found.length) {
      const item = element("li");
      item.append(said("没有找到。试试名称、九位代码、拼音或首字母。", "Nothing found. Try a name, a code of nine digits, pinyin or initials."));
      answers.append(item);
    }
    return answers;
  }

  async function answer(box, place) {
    const text = box.value.slice(0, 100);
    if (!text.trim()) {
      place.replaceChildren();
      return;
    }
    try {
      index = index || load();
      const entries = await index;
      if (text === box.value.slice(0, 100)) place.replaceChildren(list(find(entries, text)));
    } catch {
      index = null; // the next letter tries again
      place.replaceChildren(said("搜索数据无法读取。", "The search index cannot be read."));
    }
  }

  const box = document.getElementById("q");
  const place = document.getElementById("found");
  box.addEventListener("input", () => answer(box, place));
  const asked = new URLSearchParams(location.search).get("q"); // from the search box of another page, by Enter
  if (asked) {
    box.value = asked;
    answer(box, place);
  }

  // -- the card of the number that the address names, as #n123

  function showCard() {
    const name = location.hash.slice(1);
    const cards = [...document.querySelectorAll("[data-card]")];
    const chosen = cards.find((card) => card.dataset.card === name) || cards[0];
    for (const card of cards) card.hidden = card !== chosen;
    for (const number of document.querySelectorAll(".number.chosen")) number.classList.remove("chosen");
    if (chosen && chosen.dataset.card) document.getElementById(name)?.classList.add("chosen");
  }
  window.addEventListener("hashchange", showCard);
  showCard();
})();
