// The tank: rooms, the websocket between them and the server, and who you are.

import { showMood, showPeople, showTyping, showWhere } from "./cast.js";
import { Composer, newNonce, Outbox } from "./composer.js";
import { Link } from "./link.js";
import { Room } from "./room.js";
import { clone } from "./words.js";

const SAFETY_MS = 30000;
const MORE_AFTER_MS = 600;
const AWAY_AFTER_MS = 700;

let me = Number(document.body.dataset.person) || null;
const outbox = new Outbox();
const rooms = new Map();
const composers = new Map();
const catching = new Set();
let joiningIn = null;
let wishedName = ""; // to come in under when the connection is there
let activeId = null;

for (const element of document.querySelectorAll("[data-room]")) {
  const room = new Room(element, { me: () => me, catchUp, isRead: (one) => one.id === activeId });
  rooms.set(room.id, room);
  composers.set(room.id, new Composer(room, { join, say, typing, resend, drop }));
  activeId ??= room.id;
}

const link = new Link("/live/", { onOpen, onFrame, onAway, onQuiet });

function roomFrames(list) {
  return list.map((room) => ({ id: room.id, after: room.seen }));
}

function catchUp(room) {
  if (catching.has(room.id)) return;
  if (link.send({ type: "watch", channels: roomFrames([room]) })) catching.add(room.id);
}

function catchUpAll() {
  link.send({ type: "watch", channels: roomFrames([...rooms.values()]) });
}

function onOpen() {
  catching.clear();
  link.send({ type: "visible", visible: !document.hidden });
  catchUpAll();
  if (wishedName) link.send({ type: "join", name: wishedName });
  wishedName = "";
}

// Nothing was heard for a while: whoever looks on asks for what may have been lost, and the answer is
// a sign of life as good as any. A page that nobody sees asks for no more than that sign.
function onQuiet() {
  if (document.hidden) link.send({ type: "ping" });
  else catchUpAll();
}

let awayTimer = null;
function onAway(refused) {
  const banner = document.querySelector(".banner.away");
  banner.textContent =
    refused ?? "The connection is away. What you write is kept, and sent when it is back.";
  awayTimer ??= setTimeout(() => (banner.hidden = false), refused ? 0 : AWAY_AFTER_MS);
}

function isBack() {
  clearTimeout(awayTimer);
  awayTimer = null;
  document.querySelector(".banner.away").hidden = true;
}

// --- what the server says ---------------------------------------------------------------------

const frames = { hello, messages, event, ack, error, pong() {} };

function onFrame(frame) {
  frames[frame.type]?.(frame);
}

function hello({ you, may_talk: mayTalk }) {
  isBack();
  const isNew = you && me === null;
  me = you ? you.id : null;
  for (const composer of composers.values()) composer.setJoined(Boolean(you));
  const who = document.querySelector(".you .who");
  who.hidden = !you;
  who.querySelector("button").textContent = you?.name ?? "";
  for (const room of rooms.values()) room.meet(isNew);
  if (joiningIn && you) {
    link.send({ type: "enter", channel: joiningIn.room.id });
    joiningIn.text.focus();
    joiningIn = null;
  }
  if (you && mayTalk) flush();
}

function messages(state) {
  const room = rooms.get(state.channel);
  if (!room) return;
  const wasEmpty = room.seen === 0;
  const added = room.merge(state);
  showSocietyPaused(state.is_society_paused);
  catching.delete(room.id);
  if (state.more) setTimeout(() => catchUp(room), MORE_AFTER_MS);
  if (added && !wasEmpty) countUnread(room, added);
  settleLetters(room);
  showEverybody();
}

function event(happened) {
  const room = rooms.get(happened.channel);
  if (!room) return;
  switch (happened.event) {
    case "message.sent":
      if (room.hear(happened.message)) countUnread(room, 1);
      settleLetters(room);
      break;
    case "turn.typing":
      room.startTyping(`turn ${happened.turn}`, happened.name, happened.slug);
      break;
    case "turn.over":
      room.stopTyping(`turn ${happened.turn}`);
      break;
    case "person.typing":
      room.startTyping(`person ${happened.person}`, happened.name);
      break;
    case "person.joined":
      room.tell(`${happened.name} came in`, happened.person);
      room.people = [...room.people.filter((one) => one.id !== happened.person), { id: happened.person, name: happened.name }];
      break;
    case "person.left": // and is forgotten
      room.forget(happened);
      break;
    case "mood.changed":
      showMood(happened.slug, happened.label);
      break;
    case "reaction.added":
    case "reaction.removed":
      room.changeReaction(happened, happened.event === "reaction.added");
      break;
    case "conversation.closed":
      room.keepingPlace(() => room.markEnd(happened.conversation, happened.reason ?? ""));
      room.showTopic("");
      room.talking.clear();
      break;
    case "message.edited":
    case "message.removed":
      room.keepingPlace(() => room.change(happened));
      break;
    case "channel.paused":
      room.tell("The keeper lets this room rest");
      room.showPaused(true);
      break;
    case "channel.resumed":
      room.tell("The room goes on");
      room.showPaused(false);
      break;
    case "society.paused":
    case "society.resumed": // told in each room that is watched
      showSocietyPaused(happened.event === "society.paused");
  }
  showEverybody();
}

function showSocietyPaused(isPaused) {
  document.querySelector(".banner.paused").hidden = !isPaused;
}

function showEverybody() {
  showPeople([...rooms.values()].flatMap((room) => room.people));
  const where = new Map();
  for (const room of rooms.values()) for (const slug of room.talking) where.set(slug, [...(where.get(slug) ?? []), room.name]);
  if (rooms.size && [...rooms.values()].every((room) => room.isKnown)) showWhere(where);
  showTyping(new Set([...rooms.values()].flatMap((room) => [...room.typing.values()].map((one) => one.slug))));
}

// --- saying -----------------------------------------------------------------------------------

function join(composer, name) {
  joiningIn = composer;
  wishedName = link.send({ type: "join", name }) ? "" : name;
  if (wishedName) composer.showError(composer.joining, "The connection is away. You come in when it is there.");
}

function say(composer, text, replyTo) {
  const letter = { channel: composer.room.id, text, nonce: newNonce(), reply_to: replyTo };
  outbox.put(letter);
  composer.showLetter(letter);
  post(letter);
}

function post(letter) {
  delete letter.trouble;
  const { channel, text, nonce, reply_to } = letter;
  const isSent = link.send({ type: "say", channel, text, nonce, reply_to });
  letter.state = isSent ? "on its way" : "waits for the connection";
  outbox.keep();
  composers.get(channel)?.showLetter(letter);
}

// Everything unacknowledged goes out again, unhurried: the server knows what it has by the nonce.
function flush() {
  outbox.letters.filter((letter) => !letter.id && !letter.trouble).forEach((letter, place) => setTimeout(() => post(letter), 400 * place));
  for (const letter of outbox.letters) composers.get(letter.channel)?.showLetter(letter);
}

function ack({ nonce, message }) {
  const letter = outbox.find(nonce);
  if (!letter) return;
  letter.id = message;
  outbox.keep();
  const room = rooms.get(letter.channel);
  if (!room) return outbox.remove(nonce); // written before another room was shown in its place
  settleLetters(room);
  setTimeout(() => outbox.find(nonce) && catchUp(room), 1500);
}

// A letter is done when its message stands in the room.
function settleLetters(room) {
  for (const letter of outbox.letters.filter((one) => one.channel === room.id && one.id && room.ids.has(one.id))) {
    outbox.remove(letter.nonce);
    composers.get(room.id).removeLetter(letter.nonce);
    room.toEnd();
  }
}

// Rooms that are not this visitor's to see any more: what was said there leaves the page with them.
function leaveRooms(ids) {
  for (const id of ids) {
    rooms.get(id)?.element.remove();
    rooms.delete(id);
    composers.delete(id);
    const place = tabs.findIndex((tab) => Number(tab.dataset.tab) === id);
    if (place >= 0) tabs.splice(place, 1)[0].remove();
  }
  if (!rooms.has(activeId) && rooms.size) activate(rooms.keys().next().value);
  showEverybody();
}

function error({ field, text, nonce, channels }) {
  if (channels) return leaveRooms(channels);
  const letter = nonce && outbox.find(nonce);
  if (letter && (field === "away" || field === "flood" || field === "rate")) {
    letter.state = text;
    composers.get(letter.channel)?.showLetter(letter);
    setTimeout(() => outbox.find(nonce) && !letter.id && post(letter), 4000 + 2000 * Math.random());
  } else if (letter && field === "held") {
    drop(letter);
    composers.get(letter.channel)?.showNotice(text);
  } else if (letter) {
    letter.trouble = text;
    outbox.keep();
    composers.get(letter.channel)?.showLetter(letter);
  } else if (joiningIn) {
    joiningIn.showError(joiningIn.joining, text);
    joiningIn.joining.elements.name.focus();
    joiningIn = null;
  } else {
    const composer = composers.get(activeId);
    if (composer?.saying) composer.showError(composer.saying.hidden ? composer.joining : composer.saying, text);
  }
}

function resend(letter) {
  letter.nonce && post(letter);
}

function drop(letter) {
  outbox.remove(letter.nonce);
  composers.get(letter.channel)?.removeLetter(letter.nonce);
}

function typing(composer) {
  link.send({ type: "typing", channel: composer.room.id });
}

// --- what the visitor does --------------------------------------------------------------------

document.querySelector(".rename")?.addEventListener("click", () => {
  const composer = composers.get(activeId);
  if (!composer?.joining) return;
  composer.setJoined(false);
  composer.joining.elements.name.value = document.querySelector(".rename").textContent;
  composer.joining.elements.name.focus();
});

document.addEventListener("click", (click) => {
  const row = click.target.closest(".room .message");
  if (!click.target.closest("[data-act=react], .palette")) closePalettes();
  for (const picked of document.querySelectorAll(".message.picked")) if (picked !== row) picked.classList.remove("picked");
  if (!row) return;
  if (!click.target.closest("a, button")) row.classList.toggle("picked");
  const room = rooms.get(Number(row.closest(".room").dataset.room));
  const composer = composers.get(room.id);
  const name = click.target.closest(".name");
  const plain = !(click.metaKey || click.ctrlKey || click.shiftKey || click.button);
  if (name?.href && plain && composer.saying && !composer.saying.hidden) {
    click.preventDefault();
    composer.address(name.textContent);
  } else if (click.target.closest("[data-act=reply]")) {
    composer.answer({ id: Number(row.dataset.id), author: row.querySelector(".name").textContent, text: row.querySelector(".text").textContent });
  } else if (click.target.closest("[data-act=react]")) {
    openPalette(row, click.target.closest("button"));
  } else if (click.target.closest("[data-emoji]")) {
    link.send({ type: "react", message: Number(row.dataset.id), emoji: click.target.closest("button").dataset.emoji });
    closePalettes();
  }
});

function openPalette(row, button) {
  const isOpen = row.querySelector(".palette");
  closePalettes();
  if (isOpen) return;
  const palette = clone("t-palette");
  row.append(palette);
  button.ariaExpanded = "true";
  palette.querySelector("button").focus();
}

function closePalettes() {
  for (const palette of document.querySelectorAll(".message .palette")) {
    const button = palette.parentElement.querySelector("[data-act=react]");
    button.ariaExpanded = "false";
    if (palette.contains(document.activeElement)) button.focus();
    palette.remove();
  }
}

document.addEventListener("keydown", (press) => press.key === "Escape" && closePalettes());

// --- rooms as tabs, where there is no space for two ---------------------------------------------

const tabs = [...document.querySelectorAll("[data-tab]")];

function activate(id) {
  activeId = id;
  for (const tab of tabs) {
    const isIt = Number(tab.dataset.tab) === id;
    tab.setAttribute("aria-selected", String(isIt));
    tab.tabIndex = isIt ? 0 : -1;
    if (isIt) tab.querySelector(".unread").hidden = true;
  }
  for (const room of rooms.values()) room.element.classList.toggle("active", room.id === id);
  document.querySelector(".skip.write").hash = `#write-${id}`;
  rooms.get(id)?.toEnd();
}

function countUnread(room, added) {
  const badge = document.querySelector(`[data-tab="${room.id}"] .unread`);
  if (!badge || room.id === activeId) return;
  const count = badge.firstElementChild;
  count.textContent = badge.hidden ? added : Number(count.textContent) + added;
  badge.hidden = false;
}

for (const tab of tabs) {
  tab.addEventListener("click", () => activate(Number(tab.dataset.tab)));
  tab.addEventListener("keydown", (press) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[press.key];
    if (!step) return;
    const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
    next.focus();
    activate(Number(next.dataset.tab));
  });
}
for (const room of rooms.values()) room.element.addEventListener("focusin", () => (activeId = room.id));

// --- time -------------------------------------------------------------------------------------

document.addEventListener("visibilitychange", () => {
  link.send({ type: "visible", visible: !document.hidden });
  if (document.hidden) return;
  catchUpAll();
  link.retryNow();
});
// Whatever was lost on the way, an event or a whole minute, is found by asking now and then.
setInterval(() => {
  if (!document.hidden) catchUpAll();
}, SAFETY_MS);
setInterval(() => {
  for (const room of rooms.values()) room.showTimes();
}, 20000);
setInterval(() => {
  for (const room of rooms.values()) room.showTyping();
  showEverybody();
}, 1000);

if (rooms.size) link.connect();
