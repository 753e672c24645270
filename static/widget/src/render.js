// A message's content, which may be anything, as DOM nodes. Loaded when the first text is there to be shown.

import contentStyle from "./render/content.css";
import { attachmentNode, attachmentText } from "./render/attachments.js";
import { complete } from "./render/complete.js";
import { markdownNodes, plainNodes } from "./render/nodes.js";

export { contentStyle };
export { strings } from "./render/strings.js";
export { createStreamRenderer } from "./render/stream.js";

/** @typedef {import("./render/types.js").Part} Part */
/** @typedef {import("./render/types.js").RenderContext} RenderContext */

/** A message's content as DOM nodes. Never throws; loads nothing from elsewhere unless a button is pressed.
 * @param {string | Part[]} content @param {RenderContext} context @returns {DocumentFragment} */
export function renderContent(content, context) {
  const fragment = document.createDocumentFragment();
  for (const part of partsOf(content)) {
    fragment.append(part.type === "text" ? textNodes(String(part.text ?? ""), context) : attachmentNode(part, context));
  }
  return fragment;
}

/** @param {string} text @param {RenderContext} context */
function textNodes(text, context) {
  try {
    return markdownNodes(context.streaming ? complete(text) : text, context);
  } catch {
    // Whatever a text may do to the parser: it can still be read, and the vote goes on.
    return plainNodes(text, context, "content_tangled");
  }
}

/** The text of a message's content as it was written: for copying, for the diff, for the host's event.
 * @param {string | Part[]} content @returns {string} */
export function plainText(content) {
  return partsOf(content)
    .map((part) => (part.type === "text" ? String(part.text ?? "") : attachmentText(part)))
    .join("\n\n");
}

/** @param {string | Part[]} content @returns {Part[]} */
function partsOf(content) {
  if (typeof content === "string") return [{ type: "text", text: content }];
  return Array.isArray(content) ? content.filter((part) => typeof part === "object" && part !== null) : [];
}
