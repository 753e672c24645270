// Thumbs under an answer that was not compared: the whole of what a product does with <pairvote-feedback>.

import { h } from "./dom.js";

const EVENTS = ["ready", "feedback", "undo", "optout", "error"];

/** The element in its frame, hidden until it has something to ask. `optedOut(ask)` hears of a "don't ask me again". */
export function thumbs({ ticket, locale, log, optedOut }) {
  const element = h("pairvote-feedback", { lang: locale });
  // As a property: a ticket has no business in the page's source.
  element.ticket = ticket;
  const frame = h(
    "div",
    { class: "frame rating", hidden: true },
    h("p", { class: "seam" }, h("span", {}, "Pairvote"), h("code", {}, "<pairvote-feedback>")),
    element,
  );
  for (const name of EVENTS) {
    element.addEventListener(`pairvote:${name}`, ({ detail }) => {
      log.addEvent(`pairvote:${name}`, detail);
      if (name === "ready") frame.hidden = false;
      if (name === "optout") optedOut(detail.ask);
    });
  }
  return frame;
}
