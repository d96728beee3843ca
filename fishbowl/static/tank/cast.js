// Who lives here: faces by slug, and their moods.

import { clock, initials } from "./words.js";

const rows = new Map();
const rests = new Map(); // by slug, in words
for (const row of document.querySelectorAll(".cast [data-slug]")) rows.set(row.dataset.slug, row);

export const characters = [...rows.values()].map((row) => row.dataset.name);

export function hueOf(message) {
  const row = rows.get(message.slug);
  if (row) return row.dataset.hue;
  return String(((message.person ?? 0) * 7) % 24);
}

export function dressFace(face, message) {
  face.dataset.hue = hueOf(message);
  const image = rows.get(message.slug)?.dataset.image;
  if (image) {
    const picture = document.createElement("img");
    picture.src = image;
    picture.alt = "";
    picture.referrerPolicy = "no-referrer";
    face.append(picture);
  } else {
    face.textContent = initials(message.author);
  }
}

export function showMood(slug, label) {
  const mood = rows.get(slug)?.querySelector(".mood");
  if (!mood || mood.textContent === label) return;
  mood.dataset.mood = label;
  mood.textContent = label;
}

export function showTyping(slugs) {
  for (const [slug, row] of rows) row.classList.toggle("typing-now", slugs.has(slug));
}

// Who rests or sleeps, and until when by the visitor's clock.
export function showRest(resting) {
  for (const [slug, row] of rows) {
    const one = resting[slug];
    row.classList.toggle("resting", Boolean(one));
    if (one) rests.set(slug, one.until ? `${one.rest} until ${clock(one.until)}` : one.rest);
    else rests.delete(slug);
  }
}

// Who rests, and in which rooms the others have part in the talk.
export function showWhere(bySlug) {
  for (const [slug, row] of rows) {
    const words = rests.get(slug) ?? (bySlug.get(slug) ?? []).map((name) => `#${name}`).join(" ");
    const where = row.querySelector(".where");
    if (where.textContent !== words) where.textContent = words;
  }
}

export function showPeople(people) {
  const box = document.querySelector(".people");
  if (!box) return;
  const names = [...new Set(people.map((one) => one.name))];
  box.hidden = names.length === 0;
  const list = box.querySelector("ul");
  if (list.dataset.names === names.join("\n")) return;
  list.dataset.names = names.join("\n");
  list.replaceChildren(
    ...names.map((name) => {
      const row = document.createElement("li");
      const face = document.createElement("span");
      face.className = "face person";
      face.textContent = initials(name);
      face.ariaHidden = "true";
      const label = document.createElement("span");
      label.className = "name";
      label.textContent = name;
      row.append(face, label);
      return row;
    }),
  );
}
