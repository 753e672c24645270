// After an opt-out: what was given earlier can be taken back, all of it, after a second question.

import { h } from "../core/dom.js";

/**
 * @typedef {object} Withdrawal
 * @property {number} count of votes and ratings that have gone to research
 * @property {string} language
 * @property {(key: string, values?: Record<string, string>) => string} t
 * @property {() => Promise<string>} take begins it; the key of what to say where it did not get through
 */

/** @param {Withdrawal} withdrawal */
export function withdrawCard({ count, language, t, take }) {
  const said = h("span", { class: "small", role: "status" });
  const words = h("p", { id: "withdraw-words", tabindex: -1 });
  const buttons = h("div", { class: "chips" });
  const node = h("div", { class: "card stack", part: "withdraw", role: "group", "aria-labelledby": "withdraw-words" },
    words, buttons, said);
  let isBusy = false;

  /** @param {string} key @param {() => void} onclick @param {string} [kind] */
  function button(key, onclick, kind = "chip") {
    return h("button", { type: "button", class: kind, onclick }, t(key));
  }

  /** The question follows the first tap, and is gone to: nothing is deleted by two taps on one place. @param {boolean} isAsked */
  function show(isAsked) {
    words.textContent = t(isAsked ? "withdraw_sure" : "withdraw_offer", { count: new Intl.NumberFormat(language).format(count) });
    said.textContent = "";
    buttons.replaceChildren(...(isAsked
      ? [button("withdraw_keep", () => back()), button("withdraw_confirm", confirm, "chip primary")]
      : [button("withdraw", () => ask())]));
  }

  function ask() {
    show(true);
    words.focus();
  }

  function back() {
    show(false);
    /** @type {HTMLElement} */ (buttons.firstChild).focus();
  }

  async function confirm() {
    if (isBusy) return;
    isBusy = true;
    said.textContent = "";
    // Where it has begun, the card is gone by now, and its host says so.
    const trouble = await take();
    if (trouble) said.textContent = t(trouble);
    isBusy = false;
  }

  show(false);
  return node;
}
