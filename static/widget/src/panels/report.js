// A report of a response that should not have been written. It goes to trust and safety, apart from the vote.

import { h, say } from "../core/dom.js";

const CATEGORIES = ["harmful", "illegal", "hateful", "sexual", "personal_data", "spam", "other"];
const MOST_CHARACTERS = 4000;

/** @param {import("../core/stage.js").Stage} stage @param {() => void} close */
export function reportPanel(stage, close) {
  const { session, t } = stage;
  const sides = { left: t("response_left"), right: t("response_right"), both: t("report_both") };
  const category = h("select", { required: true },
    h("option", { value: "" }, t("report_choose")),
    ...CATEGORIES.map((code) => h("option", { value: code }, t(`report_${code}`))));
  const comment = h("textarea", { maxlength: MOST_CHARACTERS, rows: 3, dir: "auto" });
  const said = h("p", { role: "status", class: "small" });
  const send = h("button", { class: "chip primary" }, t("report_send"));
  const form = h("form", { class: "stack", "aria-labelledby": "report-title", onsubmit: submit },
    h("p", { class: "title", id: "report-title", tabindex: -1 }, t("report_title")),
    h("fieldset", {}, h("legend", {}, t("report_side")),
      ...Object.entries(sides).map(([side, name]) =>
        h("label", { class: "choice" }, h("input", { type: "radio", name: "side", value: side, required: true }), name))),
    h("label", { class: "field" }, h("span", {}, t("report_category")), category),
    h("label", { class: "field" }, h("span", {}, t("report_comment")), comment),
    h("div", { class: "chips" }, send, h("button", { type: "button", class: "link", onclick: close }, t("cancel"))),
    said);
  let isSending = false;

  /** @param {Event} event */
  async function submit(event) {
    event.preventDefault();
    if (isSending) return;
    isSending = true;
    say(said, "");
    const side = /** @type {HTMLInputElement} */ (form.querySelector("input:checked")).value;
    try {
      const text = comment.value.trim();
      const report = { side, category: category.value, ...(text && { comment: text }) };
      const { reference } = await session.api.call("POST", "/report", report);
      stage.emit("report", { id: session.id, side, category: report.category, reference });
      const done = h("p", { tabindex: -1 }, t("report_done"), " ", h("strong", {}, t("report_reference", { reference })));
      form.replaceChildren(done, h("button", { type: "button", class: "chip", onclick: close }, t("close")));
      done.focus();
    } catch {
      say(said, t("report_failed"));
    }
    isSending = false;
  }

  return form;
}
