// One room: its messages in the order of their ids, each once, and who is typing.

import { dressFace, hueOf, showMood, showRest } from "./cast.js";
import { clone, divider, initials, markDays, shorten, showTime } from "./words.js";

const KEPT = 400;
const TYPING_MS = 60000;
const BEGUN_MS = 5000;
const READ_AT_ONCE = 3;
const SPOKEN_KEPT = 5;
const PERSON_TYPING_MS = 5000;

export class Room {
  constructor(element, { me, catchUp, isRead }) {
    this.element = element;
    this.id = Number(element.dataset.room);
    this.name = element.dataset.name;
    this.me = me;
    this.catchUp = catchUp;
    this.isRead = isRead;
    this.log = element.querySelector(".log");
    this.scroll = element.querySelector(".scroll");
    this.newer = element.querySelector(".newer");
    this.typing = new Map();
    this.people = [];
    this.talking = new Set();
    this.seen = 0; // everything up to this message is here
    this.ids = new Set();
    this.last = new Map(); // the last number of each conversation, and the message's id
    for (const row of this.log.querySelectorAll(".message")) {
      this.note(Number(row.dataset.id), Number(row.dataset.conversation), Number(row.dataset.number));
      this.seen = Math.max(this.seen, Number(row.dataset.id));
      this.addActs(row);
    }
    for (const one of element.querySelectorAll(".typing [data-turn]")) {
      this.typing.set(`turn ${one.dataset.turn}`, { name: one.querySelector("b").textContent, until: Date.now() + TYPING_MS });
    }
    this.showTimes();
    this.scroll.addEventListener("scroll", () => this.isAtEnd() && (this.newer.hidden = true));
    this.newer.addEventListener("click", () => this.toEnd());
    new ResizeObserver(() => this.stick && this.toEnd()).observe(this.scroll);
    this.toEnd();
  }

  note(id, conversation, number) {
    this.ids.add(id);
    if (number > (this.last.get(conversation)?.number ?? 0)) this.last.set(conversation, { number, id });
  }

  // A message that has just been sent. A gap before it means that an event was lost. A conversation's
  // first message has the number 1: whether the end of the talk before it is here, nothing tells, so
  // that is asked for, unhurried.
  hear(message) {
    if (this.ids.has(message.id)) return false;
    const before = this.last.get(message.conversation) ?? { number: 0, id: Infinity };
    if (message.number !== before.number + 1) {
      this.catchUp(this);
      return false;
    }
    this.keepingPlace(() => this.add(message, true));
    this.read([message]);
    if (before.id === this.seen) this.seen = message.id;
    if (message.number === 1) setTimeout(() => this.catchUp(this), BEGUN_MS * (0.2 + 0.8 * Math.random()));
    return true;
  }

  // What a catch-up brought: messages, and how the room stands. Returns how many were new.
  merge(state) {
    const fresh = [];
    this.keepingPlace(() => {
      for (const message of state.messages) {
        if (this.add(message, false)) fresh.push(message);
        this.seen = Math.max(this.seen, message.id);
      }
      for (const change of state.changes) this.change(change);
      for (const [id, reactions] of Object.entries(state.reactions)) this.showReactions(Number(id), reactions);
      for (const [conversation, reason] of Object.entries(state.closed)) this.markEnd(Number(conversation), reason);
    });
    if (this.isKnown) this.read(fresh);
    for (const [slug, label] of Object.entries(state.moods)) if (label) showMood(slug, label);
    showRest(state.resting);
    for (const key of [...this.typing.keys()]) if (key.startsWith("turn")) this.typing.delete(key);
    for (const one of state.typing) this.startTyping(`turn ${one.turn}`, one.name, one.slug);
    this.showTyping();
    this.people = state.people;
    this.talking = new Set(state.talking);
    this.isKnown = true;
    this.showTopic(state.topic);
    this.showPaused(state.is_paused);
    return fresh.length;
  }

  add(message, isLive) {
    if (this.ids.has(message.id)) return false;
    const row = this.build(message);
    const later = [...this.log.querySelectorAll(".message")].findLast((other) => Number(other.dataset.id) < message.id);
    let anchor = later;
    while (anchor?.nextElementSibling?.matches(".divider")) anchor = anchor.nextElementSibling;
    if (anchor) anchor.after(row);
    else this.log.prepend(row);
    if (isLive) row.classList.add("fresh");
    this.note(message.id, message.conversation, message.number);
    this.element.querySelector(".quiet").hidden = true;
    if (message.slug && isLive) this.talking.add(message.slug);
    if (message.turn) this.stopTyping(`turn ${message.turn}`);
    if (message.person) this.stopTyping(`person ${message.person}`);
    return true;
  }

  // What is new, for those who don't see: the words alone, of the room that one is in, and not one's
  // own. Of many at once only how many they are.
  read(messages) {
    const others = messages.filter((one) => one.person === null || one.person !== this.me());
    if (others.length > READ_AT_ONCE) this.speak(`${others.length} new messages`);
    else for (const one of others) this.speak(`${one.author || "Notice"}: ${one.text}`);
  }

  speak(words) {
    if (!this.isRead(this)) return;
    const spoken = this.element.querySelector(".spoken");
    const line = document.createElement("p");
    line.textContent = words;
    spoken.append(line);
    while (spoken.children.length > SPOKEN_KEPT) spoken.firstElementChild.remove();
  }

  build(message) {
    const row = clone("t-message");
    row.id = `m${message.id}`;
    row.classList.add(message.kind);
    row.classList.toggle("own", message.person !== null && message.person === this.me());
    Object.assign(row.dataset, { id: message.id, conversation: message.conversation, number: message.number, at: message.at });
    row.dataset.edited = message.edited ?? "";
    row.dataset.person = message.person ?? "";
    let face = row.querySelector(".face");
    let name = row.querySelector(".name");
    if (message.slug) {
      const page = `/characters/${message.slug}/`;
      [face, name] = [face, name].map((span) => {
        const link = document.createElement("a");
        link.className = span.className;
        link.href = page;
        span.replaceWith(link);
        return link;
      });
      face.tabIndex = -1;
      face.ariaHidden = "true";
    }
    face.classList.toggle("person", message.kind === "person");
    dressFace(face, message);
    name.dataset.hue = hueOf(message);
    name.textContent = message.kind === "system" ? "Notice" : message.author;
    const time = row.querySelector("time");
    time.dateTime = message.at;
    showTime(time);
    this.showText(row, message.text);
    if (message.reply) row.querySelector(".text").before(this.buildReply(message));
    if (message.turn) row.querySelector(".by").append(" ", this.buildWhy(message));
    this.addActs(row);
    return row;
  }

  buildReply({ reply, reply_to: to }) {
    const line = clone("t-reply");
    line.dataset.to = to;
    line.querySelector("b").textContent = reply.author;
    line.lastElementChild.textContent = reply.text;
    return line;
  }

  showText(row, words) {
    const text = row.querySelector(".text");
    text.textContent = words || "This message was removed.";
    text.classList.toggle("gone", !words);
    row.querySelector(".edited").hidden = !words || !row.dataset.edited;
  }

  buildWhy(message) {
    const link = clone("t-why");
    link.href = `/why/${message.turn}/`;
    link.querySelector(".unseen").textContent = ` Why ${message.author} said this`;
    return link;
  }

  // Who looks on is known now, or is another: their own lines are marked, also those of another tab.
  meet(isNew) {
    for (const row of this.log.querySelectorAll(".message")) {
      row.classList.toggle("own", row.dataset.person !== "" && row.dataset.person === String(this.me()));
      if (isNew) this.addActs(row);
    }
  }

  addActs(row) {
    if (row.matches(".system") || this.me() === null) return;
    const acts = clone("t-acts");
    row.querySelector(".text").id = `text-of-${row.id}`;
    for (const button of acts.querySelectorAll("button")) button.setAttribute("aria-describedby", `text-of-${row.id}`);
    row.append(acts);
    this.nameActs(row);
  }

  // "Reply" and "React" stand at every line: by their names they are told apart.
  nameActs(row) {
    for (const span of row.querySelectorAll(".acts .unseen")) span.textContent = ` to ${row.querySelector(".name").textContent}`;
  }

  // A message was edited, or removed (no text), and what quotes it with it. Changes may come twice and
  // cross on their way: the later edit stays, and what is removed stays so.
  change({ message, text, edited }) {
    const row = this.log.querySelector(`.message[data-id="${message}"]`);
    this.element.querySelector(".spoken").replaceChildren(); // the words that stood there may be in it
    if (row?.querySelector(".text.gone")) return;
    if (row && text && Date.parse(edited) <= Date.parse(row.dataset.edited)) return;
    for (const quote of this.log.querySelectorAll(`.reply[data-to="${message}"]`)) quote.lastElementChild.textContent = shorten(text);
    if (!row) return;
    row.dataset.edited = edited ?? "";
    this.showText(row, text);
  }

  // --- what stands under and between messages ---------------------------------------------------

  showReactions(id, reactions) {
    const list = this.log.querySelector(`[data-id="${id}"] .chips`);
    if (!list) return;
    list.reactions = reactions;
    const byEmoji = Map.groupBy ? Map.groupBy(reactions, (one) => one.emoji) : group(reactions);
    list.hidden = reactions.length === 0;
    list.replaceChildren(
      ...[...byEmoji].map(([emoji, those]) => {
        const chip = document.createElement("li");
        chip.className = "chip";
        chip.classList.toggle("mine", those.some((one) => one.person !== null && one.person === this.me()));
        chip.title = those.map((one) => one.name).join(", ");
        for (const [tag, text, show] of [["span", emoji, true], ["b", those.length, those.length > 1], ["span", chip.title, true]]) {
          if (!show) continue;
          const part = document.createElement(tag);
          part.textContent = text;
          chip.append(part, " ");
        }
        chip.lastElementChild.className = "who";
        return chip;
      }),
    );
  }

  changeReaction({ message, emoji, name, slug = "", person = null }, stands) {
    const list = this.log.querySelector(`[data-id="${message}"] .chips`);
    if (!list) return;
    // Chips that the server wrote are known by name only, until the next catch-up brings the rest.
    const known = list.reactions ?? [...list.querySelectorAll(".chip")].flatMap((chip) =>
      chip.title.split(", ").map((who) => ({ emoji: chip.querySelector("span").textContent, name: who, slug: "", person: null })),
    );
    // Names may have changed since: who is known by number or page is told apart by that.
    const isTheirs = (one) => (one.person ?? one.slug) ? one.person === person && one.slug === slug : one.name === name;
    const others = known.filter((one) => one.emoji !== emoji || !isTheirs(one));
    this.keepingPlace(() => this.showReactions(message, stands ? [...others, { emoji, name, slug, person }] : others));
  }

  markEnd(conversation, reason) {
    if (this.log.querySelector(`[data-ends="${conversation}"]`)) return;
    const last = [...this.log.querySelectorAll(`.message[data-conversation="${conversation}"]`)].at(-1);
    if (!last) return;
    const row = divider("end", "The talk ends", reason);
    row.dataset.ends = conversation;
    last.after(row);
  }

  tell(text, person = "") {
    const note = divider("note", text);
    note.dataset.person = person;
    this.keepingPlace(() => this.log.append(note));
    this.speak(text);
  }

  // Somebody was forgotten: of who said what they said, no more is left than `name`.
  forget({ person, name }) {
    this.stopTyping(`person ${person}`);
    this.people = this.people.filter((one) => one.id !== person);
    for (const note of this.log.querySelectorAll(`.note[data-person="${person}"]`)) note.remove();
    this.element.querySelector(".spoken").replaceChildren();
    for (const row of this.log.querySelectorAll(`.message[data-person="${person}"]`)) {
      row.querySelector(".name").textContent = name;
      row.querySelector(".face").textContent = initials(name);
      this.nameActs(row);
      for (const quote of this.log.querySelectorAll(`.reply[data-to="${row.dataset.id}"] b`)) quote.textContent = name;
    }
  }

  showPaused(isPaused) {
    this.element.querySelector(".room-head .paused").hidden = !isPaused;
  }

  showTopic(topic) {
    const line = this.element.querySelector(".now-talk");
    line.hidden = !topic;
    line.querySelector("em").textContent = topic;
  }

  showTimes() {
    const today = new Date().toDateString();
    if (this.today !== today) markDays(this.log); // else "Today" would stay over what is yesterday's
    this.today = today;
    for (const time of this.log.querySelectorAll("time")) showTime(time);
  }

  // --- typing -----------------------------------------------------------------------------------

  startTyping(key, name, slug = "") {
    const lasts = key.startsWith("person") ? PERSON_TYPING_MS : TYPING_MS;
    this.typing.set(key, { name, slug, until: Date.now() + lasts });
    this.showTyping();
  }

  stopTyping(key) {
    if (this.typing.delete(key)) this.showTyping();
  }

  showTyping() {
    const line = this.element.querySelector(".typing");
    for (const [key, one] of this.typing) if (one.until < Date.now()) this.typing.delete(key);
    const names = [...this.typing.values()].map((one) => one.name);
    if (line.dataset.names === names.join("\n")) return;
    line.dataset.names = names.join("\n");
    line.replaceChildren(
      ...names.map((name) => {
        const part = document.createElement("span");
        const who = document.createElement("b");
        who.textContent = name;
        const dots = document.createElement("i");
        dots.className = "dots";
        dots.ariaHidden = "true";
        dots.append(...[1, 2, 3].map(() => document.createElement("i")));
        part.append(who, " is typing", dots);
        return part;
      }),
    );
  }

  // --- scrolling --------------------------------------------------------------------------------

  isAtEnd() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroll;
    this.stick = scrollHeight - scrollTop - clientHeight < 60;
    return this.stick;
  }

  toEnd() {
    this.stick = true;
    this.newer.hidden = true;
    this.scroll.scrollTop = this.scroll.scrollHeight;
  }

  // Stay at the end if one was there; otherwise stay where one reads, and say that there is more.
  keepingPlace(change) {
    const wasAtEnd = this.stick;
    const count = this.ids.size;
    change();
    if (this.ids.size !== count) markDays(this.log);
    if (wasAtEnd) {
      this.trim();
      this.toEnd();
    } else if (this.ids.size !== count) {
      this.newer.hidden = false;
    }
  }

  trim() {
    const rows = [...this.log.querySelectorAll(".message")];
    if (rows.length <= KEPT) return;
    const first = rows.at(-KEPT);
    for (const row of rows.slice(0, -KEPT)) {
      while (row.previousElementSibling) row.previousElementSibling.remove();
      row.remove();
    }
    const earlier = this.element.querySelector(".earlier");
    earlier.hidden = false;
    earlier.querySelector("a").search = `?before=${first.dataset.id}`;
  }
}

function group(reactions) {
  const groups = new Map();
  for (const one of reactions) groups.set(one.emoji, [...(groups.get(one.emoji) ?? []), one]);
  return groups;
}
