// Reads Markdown into tokens, within limits that hold for hostile text. Markup languages in the text stay text.

import MarkdownIt from "markdown-it";
import { isPictureData, linkTarget } from "./addresses.js";
import { addFormulas } from "./formulas.js";
import {
  DEEPEST_BLOCKS,
  DEEPEST_INLINE,
  LONGEST_PARSE,
  MOST_CELLS,
  MOST_CHARACTERS,
  MOST_INLINE,
  MOST_TOKENS,
  TooMuch,
  spend,
} from "./limits.js";

/** @typedef {import("markdown-it").Token} Token */

const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false, maxNesting: 100 });
markdown.normalizeLink = (/** @type {string} */ address) => address;
// An address that may not be followed leaves the text as it was written.
markdown.validateLink = (/** @type {string} */ address) => linkTarget(address) !== null || isPictureData(address);
addFormulas(markdown);
markdown.block.ruler.before("table", "limits", limitBlock);
markdown.inline.ruler.before("text", "limits", limitInline);
markdown.core.ruler.at("inline", readInline);

/** The blocks of a text, or null where it is too long or too tangled to be read in a fraction of a second.
 * @param {string} source @param {Record<string, any>} [references] addresses named earlier; what is named here is added
 * @returns {Token[] | null} */
export function read(source, references = {}) {
  if (source.length > MOST_CHARACTERS) return null;
  try {
    return markdown.parse(source.replace(/\0+/g, "\u2400"), { references, steps: 0, until: performance.now() + LONGEST_PARSE });
  } catch (error) {
    if (error instanceof TooMuch || error instanceof RangeError) return null;
    throw error;
  }
}

/** The first rule for each block: matches nothing, but may stop the parser. @param {any} state @param {number} line */
function limitBlock(state, line) {
  if (state.level >= DEEPEST_BLOCKS || state.tokens.length > MOST_TOKENS || cellsAt(state, line) > MOST_CELLS) {
    throw new TooMuch();
  }
  spend(state.env);
  return false;
}

/** How many cells a table would have if it began here. @param {any} state @param {number} line */
function cellsAt(state, line) {
  if (line + 1 >= state.lineMax) return 0;
  const underline = state.src.slice(state.bMarks[line + 1] + state.tShift[line + 1], state.eMarks[line + 1]);
  if (!/^[|:-][|: \t-]*$/.test(underline)) return 0;
  const columns = underline.split("|").length;
  let rows = 1;
  while (line + 1 + rows < state.lineMax && rows * columns <= MOST_CELLS && !state.isEmpty(line + 1 + rows)) rows += 1;
  return columns === 1 && !underline.includes("|") ? 0 : rows * columns;
}

/** The first rule at each place of a text. @param {any} state */
function limitInline(state) {
  if (state.level >= DEEPEST_INLINE) throw new TooMuch();
  spend(state.env);
  return false;
}

/** Reads the text of each block; one with too many brackets in brackets keeps its text as it is. @param {any} state */
function readInline(state) {
  for (const token of state.tokens) {
    if (token.type !== "inline") continue;
    if (token.content.length > MOST_INLINE) throw new TooMuch();
    try {
      state.md.inline.parse(token.content, state.md, state.env, token.children);
    } catch (error) {
      if (!(error instanceof TooMuch)) throw error;
      const text = new state.Token("text", "", 0);
      text.content = token.content;
      token.children = [text];
    }
  }
}
