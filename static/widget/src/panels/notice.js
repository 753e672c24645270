// "What happens to my vote?": the ticket's own notice, and what the widget itself does and does not do.

import { h } from "../core/dom.js";
import { receiptPage } from "./after.js";
import { choiceOf, readLink } from "./update.js";

/** @param {import("../core/stage.js").Stage} stage */
export function noticePanel(stage) {
  const { session, t, host } = stage;
  const { receipt, data } = session;
  const continues = host.getAttribute("continues") ?? "";
  const typing = ["chosen", "left", "right"].includes(continues) ? `notice_typing_${continues}` : "notice_typing";
  const link = receipt &&
    h("a", { class: "link", target: "_blank", rel: "noopener noreferrer", href: receiptPage(session) }, t("notice_receipt"));
  return h("div", { class: "stack", part: "notice", role: "group", "aria-labelledby": "notice-title" },
    h("p", { class: "title", id: "notice-title" }, t("notice")),
    ...(data?.notice?.text ?? "").split("\n\n").map((text) => h("p", { dir: "auto", lang: data?.notice?.lang }, text)),
    ...[typing, "notice_undo", "notice_skip", "notice_browser"].map((key) => h("p", { class: "small" }, t(key))),
    data?.notice?.url && readLink(stage, data.notice.url, t("notice_read")),
    choiceOf(stage),
    link);
}
