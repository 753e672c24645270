// "Don't ask me again": for a week, in this conversation, or never. The server remembers it, not the browser.

import { h, say } from "../core/dom.js";
import { stopAsking } from "./leaving.js";

const ASKS = /** @type {const} */ (["week", "conversation", "never"]);

/** @param {import("../core/stage.js").Stage} stage @param {() => void} close */
export function askPanel(stage, close) {
  const { session, t } = stage;
  const offered = session.data?.asks ?? ["week", "never"];
  const said = h("p", { class: "small", role: "status" });
  const buttons = ASKS.filter((ask) => offered.includes(ask)).map((ask) =>
    h("button", { type: "button", class: "chip", onclick: () => remember(ask) }, t(`ask_${ask}`)));
  let isBusy = false;

  /** @param {typeof ASKS[number]} ask */
  async function remember(ask) {
    if (isBusy) return;
    isBusy = true;
    say(said, "");
    if (await stopAsking(stage, ask)) close();
    else say(said, t("ask_failed"));
    isBusy = false;
  }

  return h("div", { class: "stack", role: "group", "aria-labelledby": "ask-title" },
    h("p", { class: "title", id: "ask-title", tabindex: -1 }, t("ask_title")),
    buttons.length === 0 && h("p", {}, t("ask_none")),
    h("div", { class: "chips" }, ...buttons, h("button", { type: "button", class: "link", onclick: close }, t("cancel"))),
    said);
}
