// What has changed in the notices, told once; and, where one asks for it, the choice of what is shared.

import { h } from "../core/dom.js";
import { choose } from "./leaving.js";

/** @typedef {import("../core/stage.js").Stage} Stage */
/** @typedef {import("../core/types.js").News} News */

/** A page of the server that the widget talks to. @param {Stage} stage @param {string} path */
export function pageOf({ session }, path) {
  return `${session.api.base.replace(/\/v1$/, "")}${path}`;
}

/** @param {Stage} stage @param {string} url @param {string} words */
export function readLink(stage, url, words) {
  return h("a", { class: "link", target: "_blank", rel: "noopener noreferrer", href: pageOf(stage, url) }, words);
}

/** The line about new documents, with the choice where there is one. @param {Stage} stage @param {News} news */
export function updateCard(stage, news) {
  const { t } = stage;
  return h("div", { class: "card stack update", part: "notice", role: "group", "aria-label": t("update_title") },
    ...news.documents.map(({ kind, summary, lang, url }) =>
      h("p", {}, h("strong", {}, t(`update_${kind}`)), " ", h("span", { lang, dir: "auto" }, summary), " ",
        readLink(stage, url, t("update_read")))),
    choiceOf(stage));
}

/** Buttons for what is shared; null where no choice is open. @param {Stage} stage */
export function choiceOf(stage) {
  const { session, t } = stage;
  const news = session.data?.notice_update;
  if (!news?.requires_choice) return null;
  const said = h("span", { class: "small" });
  const buttons = news.levels.map((level) =>
    h("button", { type: "button", class: "chip", onclick: () => take(level) }, t(`share_${level}`)));
  let isBusy = false;

  /** @param {string} level */
  async function take(level) {
    if (isBusy) return;
    isBusy = true;
    said.textContent = "";
    // What came of it is said in the status line, which every card shares.
    if (await choose(stage, level)) {
      if (node.contains(stage.root.activeElement)) stage.section.focus({ preventScroll: true });
      node.remove();
    } else said.textContent = t("ask_failed");
    isBusy = false;
  }

  const node = h("div", { class: "stack", role: "group", "aria-labelledby": "share-title" },
    h("p", { id: "share-title" }, t("share_title")),
    h("div", { class: "chips" }, ...buttons, said));
  return node;
}
