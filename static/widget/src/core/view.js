// Draws a comparison: builds its nodes once, then keeps them in step with the session.

import { h, say, set } from "./dom.js";
import { Layout } from "./layout.js";

/**
 * @typedef {object} SideNodes
 * @property {HTMLElement} card
 * @property {HTMLElement} label
 * @property {HTMLElement} body what scrolls
 * @property {HTMLElement} content what the response is drawn into
 * @property {HTMLElement} model
 */
/** @typedef {Record<import("./types.js").Side, SideNodes>} Sides */

/** Each choice with its keys. */
const CHOICES = /** @type {const} */ ([["left", "A 1"], ["right", "B 2"], ["tie", "E 3"], ["both_bad", "X 4"]]);

export class View {
  /** @type {Record<string, HTMLButtonElement>} every button, by what it does */
  buttons = {};

  /** @param {import("./stage.js").Stage} stage */
  constructor(stage) {
    this.stage = stage;
    const { t } = stage;
    /** @type {Sides} */
    this.sides = { left: this.#side("left", "A"), right: this.#side("right", "B") };
    this.layout = new Layout(this);
    this.context = h("div", { class: "context", part: "context" });
    this.together = h("input", { type: "checkbox" });
    this.tools = h("div", { class: "tools" }, this.button("fold", "show_all", { "aria-expanded": "false" }),
      h("label", {}, this.together, t("scroll_together")),
      this.button("differences", "show_differences", { "aria-pressed": "false", keys: "D" }));
    this.actions = h("div", { class: "actions", part: "actions", role: "group", "aria-label": t("choices") },
      ...CHOICES.map(([choice, keys]) => this.button(choice, `vote_${choice}`, { class: "vote", keys },
        h("span", { class: "check", "aria-hidden": "true" }, "✓"))));
    this.quiet = h("div", { class: "quiet", part: "quiet" }, this.button("skip", "skip", { keys: "S" }),
      ...["opt_out", "report", "notice"].map((name) => this.button(name, name)));
    this.after = h("div", { class: "after" });
    this.panel = h("div", { class: "panel", part: "panel", id: "panel", hidden: true });
    const heading = h("div", { class: "heading", id: "heading" },
      h("slot", { name: "heading" }, h(this.#level(0), { part: "heading" }, t("heading"))));
    this.top = [heading, this.context, this.layout.tabs, this.layout.row, this.tools, this.actions];
    this.bottom = [this.after, this.quiet, this.panel, h("slot", { name: "notice" })];
  }

  /** A button, known by what it does. @param {string} does @param {string} words @param {Record<string, any>} [attributes] @param {...Node} children */
  button(does, words, { keys, ...attributes } = {}, ...children) {
    const { t, host, act } = this.stage;
    return (this.buttons[does] = h("button",
      { type: "button", class: `link ${does}`, ...attributes, onclick: () => act(does),
        "aria-keyshortcuts": !host.hasAttribute("no-shortcuts") && keys }, ...children, t(words)));
  }

  /** Draws both responses. @param {import("./types.js").Content} left @param {import("./types.js").Content} right */
  show(left, right) {
    this.shown = JSON.stringify([left, right]);
    this.sides.left.content.replaceChildren(this.stage.render(left));
    this.sides.right.content.replaceChildren(this.stage.render(right));
  }

  /** Draws what a ticket stands for. @param {import("./types.js").Comparison} data */
  fill({ left, right, prompt, conversation }) {
    const { t } = this.stage;
    // What was streamed stays as it stands, with the place to which it was scrolled.
    if (left && right && this.shown !== JSON.stringify([left.content, right.content])) this.show(left.content, right.content);
    this.fold = (conversation?.length ?? 0) > 1 &&
      h("details", { ontoggle: () => this.stage.act("earlier") }, h("summary", {}, t("earlier")));
    this.context.replaceChildren(this.fold || "",
      prompt ? h("div", { class: "prompt content", role: "group", "aria-label": t("prompt"), tabindex: 0 }, this.stage.render(prompt)) : "");
  }

  /** Brings the votes in line with the session; the rest is the panels' business. */
  update() {
    const { session, t, host, status } = this.stage;
    for (const [choice] of CHOICES) {
      const button = this.buttons[choice];
      const isChosen = session.vote?.choice === choice;
      set(button, "aria-pressed", String(isChosen));
      set(button, "aria-disabled", !session.isVotable && "true");
      set(button, "part", isChosen ? "button chosen" : "button");
    }
    if (session.state === "open" && !session.said) say(status, t(`hint_${host.getAttribute("continues")}`) || t("hint"));
  }

  /** @param {number} below how far below the heading of the whole */
  #level(below) {
    const level = Number(this.stage.host.getAttribute("heading-level")) || 2;
    return /** @type {"h2"} */ (`h${Math.min(level + below, 6)}`);
  }

  /** @param {import("./types.js").Side} side @param {string} letter @returns {SideNodes} */
  #side(side, letter) {
    const { t } = this.stage;
    const name = t(`response_${side}`);
    const content = h("div", { class: "content" });
    const body = h("div", { class: "body", part: "body", role: "group", "aria-label": name }, content);
    const model = h("span", { class: "model" });
    const label = h("div", { class: "label", part: "label" },
      h("b", { "aria-hidden": "true" }, letter),
      h(this.#level(1), { id: `label-${side}` }, name), model);
    return { card: h("div", { class: "response", part: "response", id: side }, label, body), label, body, content, model };
  }
}
