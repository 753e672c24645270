// Reads Markdown into tokens, within limits that hold for hostile text. Markup languages in the text stay text.

import MarkdownIt from "markdown-it";
import { isPictureData, linkTarget } from "./addresses.js";
import { addFormulas } from "./formulas.js";
import {
  DEEPEST_BLOCKS,
  DEEPEST_INLINE,
  LONGEST_PARSE,
  MOST_CHARACTERS,
  MOST_INLINE,
  MOST_STEPS,
  TooMuch,
} from "./limits.js";

/** @typedef {import("markdown-it").Token} Token */

const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false, maxNesting: 100 });
markdown.normalizeLink = (/** @type {string} */ address) => address;
// An address that may not be followed leaves the text as it was written.
markdown.validateLink = (/** @type {string} */ address) => linkTarget(address) !== null || isPictureData(address);
addFormulas(markdown);
markdown.block.ruler.before("table", "limits", (/** @type {any} */ state) => {
  if (state.level >= DEEPEST_BLOCKS) throw new TooMuch();
  return step(state.env);
});
markdown.inline.ruler.before("text", "limits", (/** @type {any} */ state) => {
  if (state.level >= DEEPEST_INLINE) throw new TooMuch();
  return step(state.env);
});
markdown.core.ruler.at("inline", readInline);

/** The blocks of a text, or null where it is too long or too tangled to be read in a fraction of a second.
 * @param {string} source @param {Record<string, any>} [references] addresses named earlier; what is named here is added
 * @returns {Token[] | null} */
export function read(source, references = {}) {
  if (source.length > MOST_CHARACTERS) return null;
  try {
    return markdown.parse(source, { references, steps: 0, until: performance.now() + LONGEST_PARSE });
  } catch (error) {
    if (error instanceof TooMuch || error instanceof RangeError) return null;
    throw error;
  }
}

/** @typedef {{steps: number, until: number}} Effort */

/** Counts what the parser tries; false, so that the next rule is asked. @param {Effort} effort */
function step(effort) {
  effort.steps += 1;
  if (effort.steps > MOST_STEPS || (effort.steps % 256 === 0 && performance.now() > effort.until)) throw new TooMuch();
  return false;
}

/** Reads the text of each block; a block that is too tangled keeps its text as it is. @param {any} state */
function readInline(state) {
  for (const token of state.tokens) {
    if (token.type !== "inline") continue;
    try {
      if (token.content.length > MOST_INLINE || performance.now() > state.env.until) throw new TooMuch();
      state.md.inline.parse(token.content, state.md, state.env, token.children);
    } catch (error) {
      if (!(error instanceof TooMuch)) throw error;
      const text = new state.Token("text", "", 0);
      text.content = token.content;
      token.children = [text];
    }
  }
}
