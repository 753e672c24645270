// What helps to read: folding, scrolling together, differences, copying, earlier messages, and arrows between tabs.

import { load } from "../parts.js";
import { h, say, set } from "../core/dom.js";

/** @typedef {import("../core/types.js").Side} Side */

const COPIED_MS = 2000;
const SIDES = /** @type {const} */ (["left", "right"]);

export class Tools {
  #isMarked = false;
  /** The side that scrolls because the other one did. @type {HTMLElement | null} */
  #follower = null;

  /** @param {import("../core/stage.js").Stage} stage */
  constructor(stage) {
    this.stage = stage;
    this.view = /** @type {import("../core/view.js").View} */ (stage.view);
    for (const side of SIDES) {
      const { body } = this.view.sides[side];
      body.addEventListener("scroll", () => this.#scrolled(body), { passive: true });
    }
    this.view.layout.tabs.addEventListener("keydown", (event) => this.#arrow(event));
  }

  /** @param {string} action @returns {boolean} whether it was one of these */
  act(action) {
    if (action === "fold") this.#fold();
    else if (action === "differences" && this.view.buttons.differences.checkVisibility()) this.#mark();
    else if (action === "copy_left") this.#copy("left");
    else if (action === "copy_right") this.#copy("right");
    else if (action === "earlier") this.#openEarlier();
    else return false;
    return true;
  }

  #fold() {
    const { layout, buttons } = this.view;
    layout.isExpanded = !layout.isExpanded;
    set(buttons.fold, "aria-expanded", String(layout.isExpanded));
    say(buttons.fold, this.stage.t(layout.isExpanded ? "show_less" : "show_all"));
    layout.row.classList.toggle("expanded", layout.isExpanded);
    layout.measure();
  }

  async #mark() {
    const { view, stage } = this;
    const { left, right } = view.sides;
    const { differences } = view.buttons;
    /** @type {any} */
    const diff = await load("diff", stage.root).catch(() => null);
    if (!diff) return say(stage.status, stage.t("part_failed"));
    if (!this.#isMarked && !diff.markDifferences(left.content, right.content)) {
      return say(stage.status, stage.t("differences_too_many"));
    }
    this.#isMarked = !this.#isMarked;
    if (!this.#isMarked) for (const side of SIDES) diff.clearDifferences(view.sides[side].content);
    set(differences, "aria-pressed", String(this.#isMarked));
    say(differences, stage.t(this.#isMarked ? "hide_differences" : "show_differences"));
  }

  /** @param {Side} side */
  async #copy(side) {
    const { stage, view } = this;
    const content = stage.session.data?.[side]?.content;
    if (!content) return;
    const button = view.buttons[`copy_${side}`];
    const text = stage.renderer ? stage.renderer.plainText(content) : view.sides[side].content.innerText;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      return; // the page may not use the clipboard
    }
    say(button, stage.t("copied"));
    setTimeout(() => say(button, stage.t("copy")), COPIED_MS);
  }

  /** Earlier messages are drawn when they are asked for: a long conversation does not delay the vote. */
  #openEarlier() {
    const { view, stage } = this;
    const { fold } = view;
    if (!fold || !fold.open || fold.childElementCount > 1) return;
    const conversation = stage.session.data?.conversation ?? [];
    const last = conversation.map(({ role }) => role).lastIndexOf("user");
    // What a host tells its model is not for the person's eyes.
    const earlier = conversation.slice(0, last).filter(({ role, content }) => /^(user|assistant)$/.test(role) && content);
    const turns = earlier.map(({ role, content }) =>
      h("div", { class: `turn content ${role}` }, h("strong", {}, stage.t(`role_${role}`)), stage.render(content)));
    fold.append(h("div", { class: "turns", tabindex: 0, role: "group", "aria-label": stage.t("earlier") }, ...turns));
  }

  /** @param {KeyboardEvent} event */
  #arrow(event) {
    const { layout } = this.view;
    const isRtl = getComputedStyle(layout.tabs).direction === "rtl";
    /** @type {Record<string, Side>} */
    const sides = { ArrowLeft: isRtl ? "right" : "left", ArrowRight: isRtl ? "left" : "right", Home: "left", End: "right" };
    const side = sides[event.key];
    if (!side) return;
    event.preventDefault();
    layout.show(side);
    /** @type {HTMLElement} */ (layout.tabs.children[SIDES.indexOf(side)]).focus();
  }

  /** @param {HTMLElement} body */
  #scrolled(body) {
    const { sides, layout, together } = this.view;
    body.classList.toggle("more", body.scrollHeight - body.scrollTop > body.clientHeight + 4);
    if (this.#follower === body) {
      this.#follower = null;
      return;
    }
    if (!together.checked || layout.mode !== "columns") return;
    const other = body === sides.left.body ? sides.right.body : sides.left.body;
    const share = body.scrollTop / (body.scrollHeight - body.clientHeight);
    const top = Math.round(share * (other.scrollHeight - other.clientHeight));
    if (!(Math.abs(other.scrollTop - top) > 1)) return;
    this.#follower = other;
    other.scrollTop = top;
  }
}
