// Joining, writing, and the letters that are still on their way.

import { characters } from "./cast.js";
import { clone } from "./words.js";

const OUTBOX = "fishbowl.unsent";
const TYPING_EVERY_MS = 3000;

// What was written and not acknowledged: kept over a reload, re-sent under the same nonce.
export class Outbox {
  constructor() {
    try {
      this.letters = JSON.parse(sessionStorage.getItem(OUTBOX) ?? "[]");
    } catch {
      this.letters = [];
    }
  }

  keep() {
    try {
      sessionStorage.setItem(OUTBOX, JSON.stringify(this.letters));
    } catch {
      // Without storage the letters live as long as the page.
    }
  }

  put(letter) {
    this.letters.push(letter);
    this.keep();
  }

  find(nonce) {
    return this.letters.find((letter) => letter.nonce === nonce);
  }

  remove(nonce) {
    this.letters = this.letters.filter((letter) => letter.nonce !== nonce);
    this.keep();
  }
}

export function newNonce() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Composer {
  constructor(room, { join, say, typing, resend, drop }) {
    this.room = room;
    this.acts = { join, say, typing, resend, drop };
    this.joining = room.element.querySelector(".join");
    this.saying = room.element.querySelector(".say");
    this.pending = room.element.querySelector(".pending");
    if (!this.joining) return;
    this.text = this.saying.querySelector("textarea");
    this.names = this.saying.querySelector(".names");
    this.replyTo = null;
    this.typedAt = 0;
    this.joining.addEventListener("submit", (event) => {
      event.preventDefault();
      this.showError(this.joining, "");
      this.acts.join(this, this.joining.elements.name.value);
    });
    this.saying.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.text.addEventListener("keydown", (event) => this.onKey(event));
    this.text.addEventListener("input", () => this.onInput());
    this.text.addEventListener("blur", () => setTimeout(() => this.closeNames(), 150));
    this.saying.querySelector("[data-act=not-answering]").addEventListener("click", () => this.answer(null));
  }

  setJoined(isJoined) {
    if (!this.joining) return;
    this.joining.hidden = isJoined;
    this.saying.hidden = !isJoined;
  }

  showError(form, text) {
    const field = form.querySelector("input, textarea");
    form.querySelector(".error").textContent = text;
    if (text) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }

  showNotice(text) {
    this.saying.querySelector(".error").textContent = text;
  }

  submit() {
    const text = this.text.value;
    if (!text.trim()) return this.text.focus();
    if ([...text.trim()].length > Number(this.text.dataset.max)) {
      return this.showError(this.saying, `That has ${[...text.trim()].length} characters; at most ${this.text.dataset.max} can be sent. Split it.`);
    }
    this.showError(this.saying, "");
    this.acts.say(this, text, this.replyTo);
    this.text.value = "";
    this.answer(null);
    this.grow();
  }

  grow() {
    this.text.style.height = "auto";
    this.text.style.height = `${this.text.scrollHeight + 2}px`;
  }

  // --- letters on their way ---------------------------------------------------------------------

  showLetter(letter) {
    let row = this.pending.querySelector(`[data-nonce="${letter.nonce}"]`);
    if (!row) {
      row = clone("t-pending");
      row.dataset.nonce = letter.nonce;
      row.querySelector(".text").textContent = letter.text;
      row.querySelector("[data-act=again]").addEventListener("click", () => this.acts.resend(letter));
      row.querySelector("[data-act=drop]").addEventListener("click", () => this.acts.drop(letter));
      this.pending.append(row);
    }
    row.classList.toggle("failed", Boolean(letter.trouble));
    row.querySelector("[role=status]").textContent = letter.trouble ?? letter.state ?? "on its way";
    this.room.toEnd();
  }

  removeLetter(nonce) {
    this.pending.querySelector(`[data-nonce="${nonce}"]`)?.remove();
  }

  // --- addressing -------------------------------------------------------------------------------

  answer(message) {
    this.replyTo = message ? message.id : null;
    const line = this.saying.querySelector(".answering");
    line.hidden = !message;
    if (!message) return;
    line.querySelector("b").textContent = message.author;
    line.querySelector("span").textContent = message.text;
    this.text.focus();
  }

  address(name) {
    const begun = this.text.value.replace(/^@/, "").toLowerCase();
    const isNamed = begun.startsWith(name.toLowerCase()) && !/^[\p{L}\p{N}]/u.test(begun.slice(name.length));
    if (!isNamed) this.text.value = `${name}, ${this.text.value}`;
    this.text.focus();
    this.text.setSelectionRange(this.text.value.length, this.text.value.length);
    this.grow();
  }

  onInput() {
    this.grow();
    this.offerNames();
    if (this.text.value && Date.now() - this.typedAt > TYPING_EVERY_MS) {
      this.typedAt = Date.now();
      this.acts.typing(this);
    }
  }

  offerNames() {
    const before = this.text.value.slice(0, this.text.selectionStart);
    const begun = before.match(/(?:^|\s)@([\p{L}\p{N}'’-]*)$/u);
    const fitting = begun ? characters.filter((name) => name.toLowerCase().startsWith(begun[1].toLowerCase())) : [];
    if (!fitting.length) return this.closeNames();
    this.begun = begun[1].length;
    this.names.replaceChildren(
      ...fitting.map((name, place) => {
        const row = document.createElement("li");
        row.id = `${this.names.id}-${place}`;
        row.role = "option";
        row.textContent = name;
        row.addEventListener("mousedown", (event) => {
          event.preventDefault();
          this.pick(name);
        });
        return row;
      }),
    );
    this.names.hidden = false;
    this.text.setAttribute("aria-expanded", "true");
    this.mark(0);
  }

  mark(place) {
    const rows = [...this.names.children];
    this.marked = (place + rows.length) % rows.length;
    rows.forEach((row, index) => row.setAttribute("aria-selected", String(index === this.marked)));
    this.text.setAttribute("aria-activedescendant", rows[this.marked].id);
  }

  closeNames() {
    this.names.hidden = true;
    this.text.setAttribute("aria-expanded", "false");
    this.text.removeAttribute("aria-activedescendant");
  }

  pick(name) {
    const end = this.text.selectionStart;
    const start = end - this.begun - 1;
    const rest = this.text.value.slice(end);
    const inserted = `@${name}${start === 0 ? ", " : " "}`;
    this.text.value = this.text.value.slice(0, start) + inserted + rest.trimStart();
    this.text.setSelectionRange(start + inserted.length, start + inserted.length);
    this.closeNames();
    this.grow();
  }

  onKey(event) {
    if (event.isComposing) return;
    if (!this.names.hidden) {
      const moves = { ArrowDown: 1, ArrowUp: -1 };
      if (event.key in moves) this.mark(this.marked + moves[event.key]);
      else if (event.key === "Enter" || event.key === "Tab") this.pick(this.names.children[this.marked].textContent);
      else if (event.key === "Escape") this.closeNames();
      else return;
      event.preventDefault();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "Escape") {
      this.answer(null);
    }
  }
}
