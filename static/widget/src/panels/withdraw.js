// After an opt-out: what was given earlier can be taken back, all of it, after a second question.

import { h } from "../core/dom.js";
import { withdrawAll } from "./leaving.js";

/** @param {import("../core/stage.js").Stage} stage @param {number} count of votes and ratings that have gone to research */
export function withdrawCard(stage, count) {
  const { t } = stage;
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
    words.textContent = t(isAsked ? "withdraw_sure" : "withdraw_offer", { count: new Intl.NumberFormat(stage.language).format(count) });
    said.textContent = "";
    buttons.replaceChildren(...(isAsked
      ? [button("withdraw_keep", () => back()), button("withdraw_confirm", take, "chip primary")]
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

  async function take() {
    if (isBusy) return;
    isBusy = true;
    said.textContent = "";
    // What came of it is said in the status line, which every card shares.
    if (await withdrawAll(stage)) stage.equipment?.offer(0);
    else said.textContent = t("ask_failed");
    isBusy = false;
  }

  show(false);
  return node;
}
