// The sheet of keys.

import { h } from "../core/dom.js";

/** @param {import("../core/stage.js").Stage} stage @param {() => void} close */
export function helpPanel({ t }, close) {
  /** @type {[string[], string][]} */
  const rows = [
    [["A", "1"], t("vote_left")],
    [["B", "2"], t("vote_right")],
    [["E", "3"], t("vote_tie")],
    [["X", "4"], t("vote_both_bad")],
    [["S"], t("skip")],
    [["U"], t("undo")],
    [["D"], t("show_differences")],
    [["Ctrl/⌘ + Enter"], t("help_send")],
    [["?"], t("help_list")],
    [["Esc"], t("help_escape")],
  ];
  return h("div", { class: "stack", role: "group", "aria-labelledby": "help-title" },
    h("p", { class: "title", id: "help-title", tabindex: -1 }, t("shortcuts")),
    h("p", { class: "small" }, t("help_scope")),
    h("dl", {}, ...rows.flatMap(([keys, words]) => [
      h("dt", {}, ...keys.flatMap((key, index) => [index > 0 && ` ${t("key_or")} `, h("kbd", {}, key)])),
      h("dd", {}, words),
    ])),
    h("button", { type: "button", class: "chip", onclick: close }, t("close")));
}
