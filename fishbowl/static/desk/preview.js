/* Has the character that is being made say hello without leaving the page. Without this script the
   button sends the form, and the page comes back with the words. */
"use strict";

const form = document.querySelector("form[data-preview]");
const words = document.getElementById("desk-hello");

form.addEventListener("submit", async (event) => {
  if (event.submitter?.name !== "hello") return;
  event.preventDefault();
  words.classList.add("waiting");
  const sent = new FormData(form);
  sent.append("hello", "1");
  try {
    const answer = await fetch(form.dataset.preview, { method: "POST", body: sent });
    words.textContent = answer.ok ? (await answer.json()).said : "It can't answer now: try again.";
  } catch {
    words.textContent = "The house doesn't answer: is it running?";
  }
  words.classList.remove("waiting");
});
