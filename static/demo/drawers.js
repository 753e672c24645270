// The list of conversations and the server's side: beside the chat where there is room, over it where there is not.

import { byId } from "./dom.js";

const DOCKED = { talks: matchMedia("(min-width: 56rem)"), panel: matchMedia("(min-width: 76rem)") };

/** Whether a drawer has a place of its own beside the chat. */
function isDocked(id) {
  return DOCKED[id].matches;
}

const opener = (id) => document.querySelector(`[data-open="${id}"]`);

function show(id, isOpen) {
  const drawer = byId(id);
  drawer.classList.toggle("open", isOpen);
  drawer.classList.toggle("folded", !isOpen && isDocked(id));
  opener(id).setAttribute("aria-expanded", String(isOpen));
  drawer.inert = !isOpen;
  const isCover = isOpen && !isDocked(id);
  for (const [name, value] of [["role", "dialog"], ["aria-modal", "true"], ["aria-label", drawer.dataset.name]]) {
    if (isCover) drawer.setAttribute(name, value);
    else drawer.removeAttribute(name);
  }
  const covers = Object.keys(DOCKED).some((each) => !isDocked(each) && byId(each).classList.contains("open"));
  document.body.classList.toggle("covered", covers);
  byId("chat").inert = covers;
}

function isOpen(id) {
  return byId(id).classList.contains("open");
}

/** Opens or closes by hand; the focus goes along where the drawer covers the chat. */
function toggle(id, wish = !isOpen(id)) {
  for (const other of Object.keys(DOCKED)) if (wish && other !== id && !isDocked(other)) show(other, false);
  show(id, wish);
  if (wish && !isDocked(id)) byId(id).querySelector("[data-close]").focus();
  else if (!wish) opener(id).focus();
}

/** Closes a drawer that covers the chat: what was looked for in it has been found. */
export function closeCover(id) {
  if (!isDocked(id) && isOpen(id)) show(id, false);
}

/** Starts: each drawer is open exactly where it has room. */
export function startDrawers() {
  for (const [id, query] of Object.entries(DOCKED)) {
    show(id, query.matches);
    query.addEventListener("change", () => show(id, query.matches));
    opener(id).addEventListener("click", () => toggle(id));
    for (const close of document.querySelectorAll(`[data-close="${id}"]`)) close.addEventListener("click", () => toggle(id, false));
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const id of Object.keys(DOCKED)) if (!isDocked(id) && isOpen(id)) toggle(id, false);
  });
  document.addEventListener("click", (event) => {
    if (!document.body.classList.contains("covered") || event.target !== document.body) return;
    for (const id of Object.keys(DOCKED)) closeCover(id);
  });
}
