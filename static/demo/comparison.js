// One comparison in the chat: the whole of what a product does with <pairvote-compare>.

import { h } from "./dom.js";

// The element gives up by itself after four seconds; these are for a script that is late, or did not come at all.
const PATIENCE_MS = 6000;
const SCRIPT_PATIENCE_MS = 500;
const EVENTS = ["ready", "vote", "undo", "skip", "optout", "report", "expired", "error"];
// The element is there but asks for no vote: both answers are the same, or one is not complete.
const NOTHING_TO_ASK = new Set(["identical", "failed"]);

export class Comparison {
  /** `waiting`, `open`, `voted`, `over`: as the chat sees it. */
  state = "waiting";
  #isFolded = false;

  /**
   * `log` notes the events; `host` is told what to do: `chosen(content)`, `undone()`, `plain()` for an answer without
   * a vote, `optedOut(ask)`, `refused(problem)` for a vote that the server does not take.
   */
  constructor({ ticket, locale, log, host }) {
    this.host = host;
    this.log = log;
    const attributes = { lang: locale, continues: "chosen" };
    // Where there is room the buttons to vote are in sight together with the answers.
    if (matchMedia("(min-width: 56rem)").matches) attributes["max-height"] = "clamp(12rem, 100cqb - 28rem, 26rem)";
    this.element = h("pairvote-compare", attributes);
    // As a property: a ticket has no business in the page's source.
    this.element.ticket = ticket;
    this.frame = h(
      "div",
      { class: "frame" },
      h("p", { class: "seam" }, h("span", {}, "Pairvote"), h("code", {}, "<pairvote-compare>")),
      this.element,
    );
    this.foot = h("div", { class: "goes-on" });
    this.node = h("div", { class: "comparison", hidden: true }, this.frame, this.foot);
    for (const name of EVENTS) {
      this.element.addEventListener(`pairvote:${name}`, (event) => this.#hear(name, event.detail));
    }
    const isMissing = !customElements.get("pairvote-compare") && document.readyState === "complete";
    this.timer = setTimeout(
      () => {
        this.log.addNote("pairvote.js did not get ready in time. Plover answers without it.");
        this.#giveUp();
      },
      isMissing ? SCRIPT_PATIENCE_MS : PATIENCE_MS,
    );
  }

  /** The visitor goes on without voting: that is a skip, and the chat gets its answer from that. */
  leave() {
    if (this.state === "open") {
      this.element.skip();
      this.#end();
    } else if (this.state === "waiting") this.#giveUp();
  }

  /** The chat has gone on: a vote stays within reach, everything else is put away. */
  fold() {
    if (this.#isFolded) return;
    this.#isFolded = true;
    this.foot.remove();
    if (this.state !== "voted") return this.node.remove();
    const details = h("details", { class: "compared" }, h("summary", {}, "You compared two answers here"));
    this.node.replaceChildren(details);
    details.append(this.frame);
  }

  get isFolded() {
    return this.#isFolded;
  }

  #hear(name, detail) {
    this.log.addEvent(`pairvote:${name}`, detail);
    this[`on_${name}`]?.(detail);
  }

  on_ready() {
    clearTimeout(this.timer);
    this.state = "open";
    this.node.hidden = false;
    this.host.ready();
  }

  on_vote(detail) {
    this.state = "voted";
    if (detail.revealed) this.log.reveal(detail.revealed);
    this.host.chosen(detail.content);
  }

  on_undo() {
    if (this.#isFolded) return;
    this.state = "open";
    this.foot.replaceChildren();
    this.host.undone();
  }

  on_skip() {
    this.#end();
  }

  on_optout({ ask }) {
    this.host.optedOut(ask);
  }

  on_expired() {
    this.#end();
  }

  on_error(problem) {
    if (this.state === "waiting") this.#giveUp();
    else if (NOTHING_TO_ASK.has(problem.code)) this.#end();
    else if (this.state === "open") this.host.refused(problem);
  }

  /** No vote will come of this; what the element says about it stays until the chat goes on. */
  #end() {
    if (this.state === "voted" || this.state === "over") return;
    this.state = "over";
    clearTimeout(this.timer);
    this.host.plain();
  }

  #giveUp() {
    this.#end();
    this.node.remove();
  }
}
