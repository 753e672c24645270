// What may be added to a vote, and why something was skipped. All of it is optional; nothing is asked twice.

import { h, say, set } from "../core/dom.js";
import { sendSkip } from "./leaving.js";

/** @typedef {import("../core/stage.js").Stage} Stage */
/** @typedef {import("./equipment.js").Extra} Extra */

const MOST_CHARACTERS = 4000;

/** Where a receipt can be looked up: it stands in the fragment, which no browser sends. @param {import("../core/session.js").Session} session */
export function receiptPage({ api, receipt }) {
  return `${api.base.replace(/\/v1$/, "")}/receipt#${receipt}`;
}

/** @param {Stage} stage @returns {Extra} */
export function afterVote(stage) {
  const { session, t } = stage;
  const blocks = [strength(stage), reasons(stage), comment(stage)].filter((block) => block !== null);
  const more = h("div", { class: "stack" }, h("p", { class: "title" }, t("after_title")), ...blocks.map(({ node }) => node));
  const receipt = receiptLine(stage);
  const node = h("div", { class: "card stack" }, blocks.length > 0 && more, receipt.node);
  return {
    node,
    update() {
      more.hidden = session.state !== "voted";
      for (const block of [...blocks, receipt]) block.update();
      node.hidden = more.hidden && receipt.node.hidden;
    },
  };
}

/** @param {Stage} stage @returns {Extra} */
export function afterSkip(stage) {
  const { t } = stage;
  const thanks = h("span", { role: "status" });
  const chips = ["too_long", "cannot_tell"].map((reason) =>
    h("button", { type: "button", class: "chip", "aria-pressed": "false", onclick: tell }, t(`skip_${reason}`)));
  /** @param {Event} event */
  function tell(event) {
    const index = chips.indexOf(/** @type {HTMLButtonElement} */ (event.currentTarget));
    chips.forEach((chip, each) => set(chip, "aria-pressed", String(each === index)));
    sendSkip(stage, ["too_long", "cannot_tell"][index]);
    say(thanks, t("skip_thanks"));
  }
  const node = h("div", { class: "chips", role: "group", "aria-label": t("skip_why") },
    h("span", { class: "small why" }, t("skip_why")), ...chips, thanks);
  return { node, update() {} };
}

/** @param {Stage} stage @returns {Extra} */
function strength({ session, t }) {
  const buttons = [1, 3].map((value) =>
    h("button", { type: "button", class: "chip",
      onclick: () => session.cast({ strength: session.vote?.strength === value ? null : value }) }, t(`strength_${value}`)));
  const node = h("fieldset", {}, h("legend", {}, t("strength")), h("div", { class: "chips" }, ...buttons));
  return {
    node,
    update() {
      const choice = session.vote?.choice;
      node.hidden = choice !== "left" && choice !== "right";
      buttons.forEach((button, index) => set(button, "aria-pressed", String(session.vote?.strength === [1, 3][index])));
    },
  };
}

/** @param {Stage} stage @returns {Extra | null} */
function reasons({ session, t, language, host }) {
  const codes = session.data?.reasons ?? [];
  if (host.getAttribute("reasons") === "off" || codes.length === 0) return null;
  const labels = session.data?.reason_labels ?? {};
  const chips = codes.map((code) => {
    const own = labels[code];
    // A workspace's own reason without words of its own: its code, readable.
    const words = own?.[language] || own?.en || t(`reason_${code}`) || code.replaceAll("_", " ");
    return h("button", { type: "button", class: "chip", part: "reason", dir: "auto", onclick: () => toggle(code) }, words);
  });
  /** @param {string} code */
  function toggle(code) {
    const chosen = session.vote?.reasons ?? [];
    session.cast({ reasons: chosen.includes(code) ? chosen.filter((each) => each !== code) : [...chosen, code] });
  }
  return {
    node: h("fieldset", { part: "reasons" }, h("legend", {}, t("reasons")), h("div", { class: "chips" }, ...chips)),
    update() {
      chips.forEach((chip, index) => set(chip, "aria-pressed", String(session.vote?.reasons?.includes(codes[index]) ?? false)));
    },
  };
}

/** @param {Stage} stage @returns {Extra | null} */
function comment({ session, t, host }) {
  if (host.getAttribute("comment") === "off") return null;
  const field = h("textarea", { maxlength: MOST_CHARACTERS, rows: 2, dir: "auto", "aria-describedby": "comment-hint",
    "aria-keyshortcuts": "Control+Enter Meta+Enter",
    onkeydown: (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) send();
    } });
  field.value = session.vote?.comment ?? "";
  const button = h("button", { type: "button", class: "chip", onclick: () => send() }, t("send"));
  const said = h("span", { class: "small", role: "status" });
  let isSent = false;
  field.addEventListener("input", () => {
    isSent = false;
    say(said, "");
  });
  function send() {
    isSent = true;
    session.cast({ comment: field.value.trim() || null });
  }
  return {
    node: h("div", { class: "stack field" },
      h("label", { class: "field" }, h("span", {}, t("comment")), field),
      h("span", { class: "small", id: "comment-hint" }, t("comment_hint")),
      h("div", { class: "chips" }, button, said)),
    update() {
      if (isSent) say(said, session.saving === "saved" ? t("comment_saved") : "");
    },
  };
}

/** @param {Stage} stage @returns {Extra} */
function receiptLine({ session, t }) {
  const link = h("a", { class: "link", target: "_blank", rel: "noopener noreferrer" }, t("receipt_open"));
  const copy = h("button", { type: "button", class: "link", onclick: async () => {
    await navigator.clipboard.writeText(session.receipt).catch(() => {});
    say(copy, t("copied"));
  } }, t("receipt_copy"));
  copy.hidden = !navigator.clipboard;
  const node = h("div", { class: "receipt", part: "receipt" }, h("span", { class: "small" }, t("receipt")), " ", link, " ", copy);
  return {
    node,
    update() {
      node.hidden = !session.receipt;
      if (session.receipt) link.href = receiptPage(session);
    },
  };
}
