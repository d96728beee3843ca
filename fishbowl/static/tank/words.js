// Dates in words, and pieces of the page cloned from its <template>s. Text goes in as text only.

const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const DAY_AND_YEAR = new Intl.DateTimeFormat(undefined, { dateStyle: "full" });
const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });

const QUOTED = 120;

export function clone(id) {
  return document.getElementById(id).content.firstElementChild.cloneNode(true);
}

export function dayOf(iso) {
  const at = new Date(iso);
  const today = new Date();
  const days = (then) => Math.round(new Date(then.getFullYear(), then.getMonth(), then.getDate()) / 864e5);
  const ago = days(today) - days(at);
  if (ago === 0 || ago === 1) return ago ? "Yesterday" : "Today";
  return (at.getFullYear() === today.getFullYear() ? DAY : DAY_AND_YEAR).format(at);
}

// The days between the messages of a log, by the visitor's clock.
export function markDays(log) {
  for (const row of log.querySelectorAll(".divider.day")) row.remove();
  let day = "";
  for (const row of log.querySelectorAll(".message")) {
    const its = dayOf(row.dataset.at);
    if (its !== day) row.before(divider("day", its));
    day = its;
  }
}

export function clock(iso) {
  return TIME.format(new Date(iso));
}

// A moment that a page tells in full, which the server wrote by its own clock.
export function showMoment(element) {
  const at = new Date(element.dateTime);
  element.textContent = MOMENT.format(at);
  element.title = FULL.format(at);
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
  const row = document.createElement("li");
  row.className = `divider ${kind}`;
  row.append(document.createElement("span"));
  row.firstElementChild.textContent = text;
  if (aside) {
    const small = document.createElement("i");
    small.textContent = aside;
    row.firstElementChild.append(" ", small);
  }
  return row;
}
