/* What the keeper's desk needs to run without eval.

Alpine's build for a strict Content-Security-Policy knows no globals and reads single expressions
only. So what the theme's pages call is given to it by name, and those few of their expressions
that it can't read are put in words it can. */
"use strict";

const STORE = {
  getItem: (key) => localStorage.getItem(key),
  setItem: (key, value) => localStorage.setItem(key, value),
};
const PLACE = {
  location: {
    get pathname() { return location.pathname; },
    get search() { return location.search; },
  },
};

/* htmx would write a style sheet into the page, and evaluate conditions of triggers. */
if (typeof htmx !== "undefined") {
  htmx.config.includeIndicatorStyles = false;
  htmx.config.allowEval = false;
}

// The theme's expression, with its white space made single, and what stands for it.
const PLAIN_WORDS = [
  [/^activeTab = getCurrentTab\(\)/, "openTab()"],
  [/^activeTab = '';/, "true"],
  [/^sidebarDesktopOpen = !sidebarDesktopOpen;/, "sidebarDesktopOpen = keep('sidebarDesktopOpen', !sidebarDesktopOpen)"],
  [/^openSearchResults = true; currentIndex = 0$/, "showResults()"],
  [/^openSearchResults = false; if/, "leaveSearch()"],
  [/^if \(!\$event\.metaKey && !\$event\.ctrlKey\) selectItem\((\w+), false\)$/, "$event.metaKey || $event.ctrlKey || selectItem($1, false)"],
  [/^'width: ' \+ changeListWidth/, null], // a style in the page: the style sheet says it
];

function putInPlainWords() {
  for (const element of document.querySelectorAll("*")) {
    for (const attribute of [...element.attributes]) {
      if (!attribute.name.startsWith("x-")) continue;
      const said = attribute.value.trim().replace(/\s+/g, " ");
      for (const [theirs, ours] of PLAIN_WORDS) {
        const found = said.match(theirs);
        if (!found) continue;
        if (ours === null) element.removeAttribute(attribute.name);
        else attribute.value = ours.replace("$1", found[1] ?? "");
      }
    }
  }
}

document.addEventListener("alpine:init", () => {
  putInPlainWords();
  Alpine.data("theme", (...given) => ({
    ...theme(...given),
    localStorage: STORE,
    window: PLACE,
    openTab() { this.activeTab = getCurrentTab() || this.activeTab; },
    keep(key, value) {
      localStorage.setItem(key, value ? "1" : "0");
      return value;
    },
  }));
  Alpine.data("searchForm", searchForm);
  Alpine.data("searchCommand", searchCommand);
  Alpine.data("searchDropdown", () => ({
    ...searchDropdown(),
    showResults() {
      this.openSearchResults = true;
      this.currentIndex = 0;
    },
    leaveSearch() {
      this.openSearchResults = false;
      const field = this.$refs.searchInput;
      if (field.value) field.value = "";
      else field.blur();
    },
  }));
});
