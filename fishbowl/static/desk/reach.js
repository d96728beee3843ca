/* The keeper's desk without a mouse, and without eyes.

What the theme has for the pointer alone (the groups of the side bar, the menus, the switches) is
made a button: Tab comes to it, Enter and the space bar press it, Escape closes what it opened, and
it says whether that is open. Icons are letters of a font: they are told by no name. */
"use strict";

const OWN = "a, button, input, select, textarea, label, summary";
const NAMES = {
  openRelatedWidgetWrapper: "More of this choice",
  sidebarDesktopOpen: "Side bar",
  sidebarMobileOpen: "Menu",
  openTabsDropdown: "More tabs",
  openModal: "Close",
  rowOpen: "More of this row",
  showPassword: "Show the password",
};

function makeButton(element) {
  const press = element.getAttribute("x-on:click");
  const [, what] = press.match(/^(\w+) = (?:keep\('\w+', )?(?:!|false)/) ?? [];
  if (!what) return;
  element.setAttribute("role", "button");
  element.setAttribute("tabindex", "0");
  element.setAttribute("x-on:keydown.enter.prevent", press);
  element.setAttribute("x-on:keydown.space.prevent", press);
  if (!press.includes("!")) return;
  element.setAttribute("x-bind:aria-expanded", what);
  if (what !== "sidebarDesktopOpen") element.setAttribute("x-on:keydown.escape", `${what} = false`);
}

function nameControls(root) {
  for (const icon of root.querySelectorAll(".material-symbols-outlined")) {
    const control = icon.closest(`${OWN}, [role=button]`);
    if (control !== icon) icon.setAttribute("aria-hidden", "true");
    if (!control || control.matches("label, [aria-label], [title]")) continue;
    const said = [...control.querySelectorAll(":not(.material-symbols-outlined)"), control]
      .flatMap((one) => [...one.childNodes])
      .some((node) => node.parentElement !== icon && node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (said) continue;
    const what = control.getAttribute("x-on:click")?.match(/\w+/)[0];
    control.setAttribute("aria-label", NAMES[what] ?? icon.textContent.trim().replaceAll("_", " "));
  }
}

function markParts() {
  const content = document.getElementById("content");
  document.getElementById("nav-sidebar-inner")?.setAttribute("aria-label", "The desk");
  document.getElementById("header-inner")?.setAttribute("role", "banner");
  if (!content || document.querySelector("main")) return;
  content.setAttribute("role", "main");
  content.tabIndex = -1;
  const skip = document.createElement("a");
  skip.className = "desk-skip";
  skip.href = "#content";
  skip.textContent = "Skip to the page";
  document.body.prepend(skip);
}

/* A choice among many is a box of Select2's, which doesn't know what its field is called. */
function nameChoices() {
  for (const box of document.querySelectorAll(".select2-container")) {
    const select = box.previousElementSibling;
    const label = select?.id && document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
    const choice = box.querySelector(".select2-selection");
    if (!label || !choice) continue;
    label.id ||= `label-of-${select.id}`;
    const shown = choice.querySelector(".select2-selection__rendered");
    choice.querySelector(".select2-selection__clear")?.setAttribute("aria-hidden", "true");
    shown.removeAttribute("role");
    shown.removeAttribute("aria-readonly");
    choice.setAttribute("aria-labelledby", `${label.id} ${shown.id}`.trim());
    choice.querySelector(".select2-search__field")?.setAttribute("aria-labelledby", label.id);
  }
}

// After desk.js has put the theme's expressions in plain words, and before Alpine reads them.
document.addEventListener("alpine:init", () => {
  for (const element of document.querySelectorAll("[x-on\\:click]")) {
    if (!element.matches(OWN) && !element.id && !element.querySelector(OWN)) makeButton(element);
  }
  nameControls(document);
  markParts();
});
document.addEventListener("htmx:afterSwap", (event) => nameControls(event.target));

new MutationObserver((changes) => {
  const added = changes.flatMap((one) => [...one.addedNodes]);
  if (added.some((node) => node.matches?.(".select2-container, .select2-selection__clear"))) nameChoices();
}).observe(document.documentElement, { childList: true, subtree: true });

// Select2 gives its field the focus by a timer only: what is typed before that would be lost.
document.addEventListener("DOMContentLoaded", () => {
  window.django?.jQuery?.(document).on("select2:open", (event) => {
    window.django.jQuery(event.target).data("select2").dropdown.$search?.trigger("focus");
  });
});

// The side bar of a small window lies before its menu: who opens it by a key goes on within it.
document.addEventListener("keyup", (event) => {
  if (event.key !== "Enter" && event.key !== " ") return;
  if (event.target.getAttribute("aria-label") !== NAMES.sidebarMobileOpen) return;
  const first = document.querySelector("#nav-sidebar a, #nav-sidebar [role=button]");
  if (event.target.getAttribute("aria-expanded") === "true") first?.focus();
});
