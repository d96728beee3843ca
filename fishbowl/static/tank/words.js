// Dates in words, and pieces of the page cloned from its <template>s. Text goes in as text only.

const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });

const QUOTED = 120;

export function clone(id) {
  return document.getElementById(id).content.firstElementChild.cloneNode(true);
}

export function dayOf(iso) {
  const at = new Date(iso);
  const days = (then) => Math.round(new Date(then.getFullYear(), then.getMonth(), then.getDate()) / 864e5);
  const ago = days(new Date()) - days(at);
  return ago === 0 ? "Today" : ago === 1 ? "Yesterday" : DAY.format(at);
}

export function showTime(element) {
  const at = new Date(element.dateTime);
  const minutes = Math.floor((Date.now() - at) / 60000);
  const words = minutes < 1 ? "just now" : minutes < 60 ? `${minutes} min ago` : TIME.format(at);
  if (element.textContent !== words) element.textContent = words;
  if (!element.title) element.title = FULL.format(at);
}

export function initials(name) {
  const words = name.match(/[\p{L}\p{N}_]+/gu) ?? [];
  return [words[0], words.length > 1 ? words.at(-1) : ""].map((word) => [...(word ?? "")][0] ?? "").join("").toUpperCase();
}

// As much of a message as a line that answers it shows.
export function shorten(text) {
  const letters = [...text];
  return letters.length > QUOTED ? `${letters.slice(0, QUOTED - 1).join("").trimEnd()}…` : text;
}

export function divider(kind, text, aside = "") {
  const row = clone("t-divider");
  row.classList.add(kind);
  row.firstElementChild.textContent = text;
  if (aside) {
    const small = document.createElement("i");
    small.textContent = aside;
    row.firstElementChild.append(" ", small);
  }
  return row;
}
