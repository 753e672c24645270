// A formula: its source at first, then what the lazy part makes of it.

import { element, scrolling } from "./dom.js";
import { later } from "./later.js";
import { MOST_ELEMENTS, MOST_FORMULA, MOST_FORMULAS } from "./limits.js";
import { shown } from "./text.js";

/** @typedef {import("markdown-it").Token} Token */
/** @typedef {import("./types.js").RenderContext} RenderContext */

/** What the formulas of one rendering may still cost. @typedef {{formulas: number, elements: number}} Allowance */

/** @returns {Allowance} */
export function allowance() {
  return { formulas: MOST_FORMULAS, elements: MOST_ELEMENTS };
}

/** @param {Token} token @param {RenderContext} context @param {Allowance} left */
export function formulaNode(token, context, left) {
  const display = Boolean(token.meta?.display);
  const block = token.block && display;
  const made = element(block ? "div" : "span", display ? "c-formula c-display" : "c-formula", shown(token.markup));
  made.dir = "ltr";
  left.formulas -= 1;
  const isPlain = shown(token.content) === token.content;
  if (!isPlain || token.content.length > MOST_FORMULA || left.formulas < 0 || context.streaming) return made;
  later(
    () => context.load("math"),
    (part) => {
      if (left.elements < 0) return;
      const formula = part.math(token.content, display);
      left.elements -= formula.querySelectorAll("*").length;
      made.replaceChildren(formula);
      part.dress(made);
      if (display && made.scrollWidth > made.clientWidth) scrolling(made, context.t("content_formula"));
    },
  );
  return made;
}
