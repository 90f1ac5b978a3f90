// The workbench's own script: the language, folded families, the filter of the legend. It needs no other file.
"use strict";

(() => {
  const root = document.documentElement;

  // The language is set before the page is drawn, so that nothing flickers.
  function setLanguage(language) {
    root.dataset.language = language;
    root.lang = language === "en" ? "en" : "zh";
    for (const button of document.querySelectorAll("[data-set-language]")) {
      button.setAttribute("aria-pressed", String(button.dataset.setLanguage === language));
    }
  }

  function remembered(key, otherwise) {
    try {
      return localStorage.getItem(key) || otherwise;
    } catch {
      return otherwise;
    }
  }

  function remember(key, value) {
    try {
      localStorage.setItem(key, value);
    } catch {
      // a browser that keeps nothing shows both languages
    }
  }

  setLanguage(remembered("language", "both"));

  // Whoever corrects is asked for the name once; forms that come later take it when they are drawn or sent.
  function fillWho(within) {
    for (const field of within.querySelectorAll('input[name="who"]')) {
      field.value ||= remembered("who", "");
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    setLanguage(root.dataset.language);
    fillWho(document);
    // Families begin folded, the headlines stay. Without scripts all of them are open.
    for (const button of document.querySelectorAll("[data-fold]")) fold(button, false);
  });

  function fold(button, isOpen) {
    button.setAttribute("aria-expanded", String(isOpen));
    button.closest("tbody").classList.toggle("folded", !isOpen);
  }

  document.addEventListener("htmx:after:swap", () => fillWho(document));
  document.addEventListener("submit", (event) => fillWho(event.target), true);

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.setLanguage) {
      remember("language", button.dataset.setLanguage);
      setLanguage(button.dataset.setLanguage);
    }
    if (button.dataset.fill) {
      document.querySelector(button.dataset.fill).value = button.dataset.value;
    }
    if (button.dataset.fold !== undefined) {
      fold(button, button.getAttribute("aria-expanded") !== "true");
    }
  });

  // A list is filtered where it stands: every word that is typed must be in the words of an entry.
  document.addEventListener("input", (event) => {
    const list = event.target.dataset.filterList && document.querySelector(event.target.dataset.filterList);
    if (!list) return;
    const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const entry of list.children) {
      const text = entry.dataset.words.toLowerCase();
      entry.hidden = !words.every((word) => text.includes(word));
    }
  });

  document.addEventListener("change", (event) => {
    if (event.target.name === "who") {
      remember("who", event.target.value);
      for (const field of document.querySelectorAll('input[name="who"]')) field.value = event.target.value;
    }
    const group = event.target.dataset.filter;
    if (group) {
      for (const number of document.querySelectorAll(`.text .number.${CSS.escape(group)}`)) {
        number.classList.toggle("off", !event.target.checked);
      }
    }
  });
})();
