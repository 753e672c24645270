// Code: its language, a button that copies it, and colours once the highlighter is there.

import { button, element, scrolling } from "./dom.js";
import { MOST_CODE } from "./limits.js";
import { later } from "./later.js";
import { shown, withoutHidden } from "./text.js";

/** @typedef {import("./types.js").RenderContext} RenderContext */

// Fewer characters of a name than any host could make look like something else.
const LANGUAGE = /^[\p{L}\p{N}+#._-]{1,24}$/u;

/** @param {string} source @param {string} info what stands after the fence @param {RenderContext} context */
export function codeBlock(source, info, context) {
  const word = shown(info.trim().split(/[\s{,:]/, 1)[0]);
  const language = LANGUAGE.test(word) ? word : "";
  const code = element("code", "", shown(source));
  const name = language ? context.t("content_code_in", { language }) : context.t("content_code");
  const box = scrolling(element("pre", "", code), name);
  box.dir = "ltr";
  const copy = button(context.t("content_copy"), "c-copy", () => copyText(copy, source, context));
  const label = element("span", "c-language", language);
  label.dir = "ltr";
  if (language && source.length <= MOST_CODE && !context.streaming) colour(code, language, context);
  return element("div", "c-code", element("div", "c-bar", label, copy), box);
}

/** @param {HTMLElement} code @param {string} language @param {RenderContext} context */
export function colour(code, language, context) {
  const text = code.textContent ?? "";
  later(
    () => context.load("highlight"),
    (part) => {
      const coloured = part.highlight(text, language);
      if (coloured && code.textContent === text) code.replaceChildren(coloured);
    },
  );
}

/** @param {HTMLButtonElement} copy @param {string} source @param {RenderContext} context */
async function copyText(copy, source, context) {
  let said = "content_copied";
  try {
    await navigator.clipboard.writeText(withoutHidden(source));
  } catch {
    said = "content_not_copied";
  }
  copy.textContent = context.t(said);
  setTimeout(() => (copy.textContent = context.t("content_copy")), 2_000);
}
