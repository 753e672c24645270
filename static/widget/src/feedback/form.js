// The form: two thumbs, and below them what may be said after the tap. Nothing moves the focus but the person.

import { h, say, set } from "../core/dom.js";

const THUMBS = /** @type {const} */ (["up", "down"]);
// One drawing: a thumb down is a thumb up on its head.
const SHAPE = "M7 11v9H4a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1h3Zm2 8.5V11l3.6-7.2c1.5 0 2.6 1.2 2.4 2.7L14.6 9H19a2 2 0 0 1 2 2.3l-1 7a2 2 0 0 1-2 1.7h-6a5 5 0 0 1-3-.5Z";

/** @typedef {"up" | "down"} Thumb */
/**
 * @typedef {object} Actions
 * @property {(thumb: Thumb) => void} rate
 * @property {() => void} undo
 * @property {(code: string) => void} toggle
 * @property {(text: string) => void} comment
 * @property {(ask: string) => void} stopAsking
 */

function icon() {
  const made = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  for (const [name, value] of [["viewBox", "0 0 24 24"], ["aria-hidden", "true"], ["focusable", "false"]]) made.setAttribute(name, value);
  path.setAttribute("d", SHAPE);
  made.append(path);
  return made;
}

export class Form {
  /** @param {Record<string, any>} shown what the server told @param {Actions} actions */
  constructor(shown, actions) {
    this.shown = shown;
    this.title = h("p", { id: "title", part: "title" });
    this.status = h("p", { class: "status", role: "status", part: "status" });
    this.thumbs = THUMBS.map((thumb) =>
      h("button", { type: "button", class: `thumb ${thumb}`, part: `thumb ${thumb}`, "aria-pressed": "false", onclick: () => actions.rate(thumb) }, icon()));
    this.legend = h("legend");
    this.chips = h("div", { class: "chips" });
    this.text = h("textarea", { rows: 2, maxlength: 4000, "aria-describedby": "hint" });
    this.label = h("span");
    this.hint = h("p", { id: "hint", class: "small" });
    this.send = h("button", { type: "submit", class: "chip" });
    this.undo = h("button", { type: "button", class: "link", onclick: actions.undo });
    this.more = h("form", { class: "more", hidden: true, onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault();
      actions.comment(this.text.value.trim());
    } },
      h("fieldset", {}, this.legend, this.chips),
      h("label", {}, this.label, this.text), this.hint,
      h("div", { class: "chips" }, this.send, this.undo));
    this.asks = h("div", { class: "chips", id: "asks", hidden: true });
    this.notice = h("div", { class: "small", id: "notice", hidden: true });
    this.openers = [this.#opener(this.asks), this.#opener(this.notice)];
    this.offer = h("div");
    this.section = h("section", { "aria-labelledby": "title", part: "form", tabindex: -1 },
      h("div", { class: "row" }, this.title, h("div", { class: "chips", role: "group", "aria-labelledby": "title" }, ...this.thumbs)),
      this.status, this.more,
      h("div", { class: "chips quiet" }, ...this.openers), this.asks, this.offer, this.notice);
    this.actions = actions;
  }

  /** @param {HTMLElement} panel */
  #opener(panel) {
    const button = h("button", { type: "button", class: "link", "aria-expanded": "false", "aria-controls": panel.id, onclick: () => {
      panel.hidden = !panel.hidden;
      set(button, "aria-expanded", String(!panel.hidden));
    } });
    return button;
  }

  /** Says everything in a language. @param {Record<string, string>} words @param {string} language */
  speak(words, language) {
    const { asks, notice, reason_labels: labels = {} } = this.shown;
    this.words = words;
    this.name = (/** @type {string} */ code) =>
      labels[code]?.[language] ?? words[`reason_${code}`] ?? labels[code]?.en ?? code.replaceAll("_", " ");
    set(this.section, "lang", language);
    set(this.section, "dir", language === "ar" ? "rtl" : "ltr");
    say(this.title, words.heading);
    THUMBS.forEach((thumb, place) => set(this.thumbs[place], "aria-label", words[thumb]));
    THUMBS.forEach((thumb, place) => set(this.thumbs[place], "title", words[thumb]));
    say(this.label, words.comment);
    say(this.hint, words.comment_hint);
    say(this.send, words.send);
    say(this.undo, words.undo);
    [words.opt_out, words.notice].forEach((text, place) => say(this.openers[place], text));
    this.openers[0].hidden = asks.length === 0;
    this.asks.replaceChildren(...asks.map((/** @type {string} */ ask) =>
      h("button", { type: "button", class: "chip", onclick: () => this.actions.stopAsking(ask) }, words[`ask_${ask}`])));
    this.notice.replaceChildren(h("p", { dir: "auto" }, notice.text), h("p", {}, words.browser));
    this.chips.replaceChildren();
  }

  /** Shows how the rating stands. @param {{rating: Thumb, reasons: string[]} | null} rating @param {boolean} isFinal */
  update(rating, isFinal) {
    THUMBS.forEach((thumb, place) => {
      set(this.thumbs[place], "aria-pressed", String(rating?.rating === thumb));
      set(this.thumbs[place], "aria-disabled", isFinal && "true");
    });
    this.more.hidden = !rating || isFinal;
    if (!rating) return;
    say(this.legend, this.words?.[`more_${rating.rating}`] ?? "");
    /** @type {string[]} */
    const codes = this.shown.reasons[rating.rating];
    if (this.chips.dataset.of !== rating.rating || this.chips.childElementCount === 0) {
      this.chips.dataset.of = rating.rating;
      this.chips.replaceChildren(...codes.map((code) =>
        h("button", { type: "button", class: "chip", part: "reason", onclick: () => this.actions.toggle(code) }, this.name?.(code))));
    }
    codes.forEach((code, place) => set(this.chips.children[place], "aria-pressed", String(rating.reasons.includes(code))));
  }
}
