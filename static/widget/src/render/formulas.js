// Rules of the Markdown parser for formulas: $…$, $$…$$, \(…\), \[…\]. Prices stay prices.

import { MOST_FORMULA, spend } from "./limits.js";

const DOLLAR = 36;
const BACKSLASH = 92;
// "$5 million for Ann, or 20$": an amount followed by a word is no formula, unless the word is a command.
const PRICE = /^\d[\d.,]*[^\d.,\\^_{]*[\s(,;–-].*?(?<![\\\p{L}])\p{L}{2,}/su;

/** @param {any} markdown the parser */
export function addFormulas(markdown) {
  markdown.inline.ruler.before("escape", "formula", inlineFormula);
  markdown.block.ruler.before("fence", "formula_block", blockFormula, {
    alt: ["paragraph", "reference", "blockquote", "list"],
  });
}

/** @param {any} state @param {boolean} silent @returns {boolean} */
function inlineFormula(state, silent) {
  const found = formulaAt(state.src, state.pos, state.posMax, state);
  if (!found) return false;
  if (!silent) {
    const token = state.push("formula", "", 0);
    token.content = found.tex;
    token.markup = state.src.slice(state.pos, found.end);
    token.block = false;
    token.meta = { display: found.display };
  }
  state.pos = found.end;
  return true;
}

/** @param {string} source @param {number} start @param {number} max @param {any} state */
function formulaAt(source, start, max, state) {
  const first = source.charCodeAt(start);
  if (first === DOLLAR) {
    const double = source.charCodeAt(start + 1) === DOLLAR;
    return double ? between(source, start, max, "$$", "$$", state) : dollars(source, start, max, state);
  }
  if (first !== BACKSLASH) return null;
  const next = source[start + 1];
  if (next === "(") return between(source, start, max, "\\(", "\\)", state);
  return next === "[" ? between(source, start, max, "\\[", "\\]", state) : null;
}

/** @param {string} source @param {number} start @param {number} max @param {string} open @param {string} close
 * @param {any} state */
function between(source, start, max, open, close, state) {
  const end = closing(source, start + 2, max, close, state);
  const tex = end < 0 ? "" : source.slice(start + 2, end).trim();
  return tex === "" ? null : { tex, end: end + 2, display: open === "$$" || open === "\\[" };
}

/** Where the mark stands next, or -1. Remembers that there is none further on: asked again and again, it would be slow.
 * @param {string} source @param {number} from @param {number} max @param {string} close @param {any} state */
function closing(source, from, max, close, state) {
  const last = (state.lastFormulaMarks ??= /** @type {Record<string, number>} */ ({}));
  last[close] ??= source.lastIndexOf(close);
  if (last[close] < from) return -1;
  const end = source.indexOf(close, from);
  return end >= 0 && end + close.length <= max && end - from <= MOST_FORMULA ? end : -1;
}

/** @param {string} source @param {number} start @param {number} max @param {any} state */
function dollars(source, start, max, state) {
  const before = start > 0 ? source[start - 1] : "";
  if (/[\p{L}\p{N}$\\]/u.test(before) || /\s/.test(source[start + 1] ?? " ")) return null;
  let end = start;
  do end = closing(source, end + 1, max, "$", state);
  while (end > 0 && source.charCodeAt(end - 1) === BACKSLASH);
  if (end <= start + 1 || /\s/.test(source[end - 1]) || /[\p{L}\p{N}$]/u.test(source[end + 1] ?? "")) return null;
  const tex = source.slice(start + 1, end);
  return PRICE.test(tex) || tex.includes("`") ? null : { tex, end: end + 1, display: false };
}

/** A formula on lines of its own, from $$ or \[ to the mark that ends it.
 * @param {any} state @param {number} startLine @param {number} endLine @param {boolean} silent @returns {boolean} */
function blockFormula(state, startLine, endLine, silent) {
  const start = state.bMarks[startLine] + state.tShift[startLine];
  const open = state.src.slice(start, start + 2);
  if (state.sCount[startLine] - state.blkIndent >= 4 || (open !== "$$" && open !== "\\[")) return false;
  const close = open === "$$" ? "$$" : "\\]";
  const lines = [];
  for (let line = startLine, length = 0; line < endLine && length <= MOST_FORMULA; line += 1) {
    if (line > startLine && (state.sCount[line] < state.blkIndent || state.isEmpty(line))) return false;
    spend(state.env);
    const from = line === startLine ? start + 2 : state.bMarks[line] + Math.min(state.tShift[line], state.blkIndent);
    const text = state.src.slice(from, state.eMarks[line]);
    const end = text.indexOf(close);
    lines.push(end < 0 ? text : text.slice(0, end));
    length += text.length;
    if (end < 0) continue;
    const tex = lines.join("\n").trim();
    if (text.slice(end + 2).trim() !== "" || tex === "") return false;
    if (!silent) pushBlock(state, startLine, line, tex);
    return true;
  }
  return false;
}

/** @param {any} state @param {number} startLine @param {number} line @param {string} tex */
function pushBlock(state, startLine, line, tex) {
  const token = state.push("formula_block", "", 0);
  token.content = tex;
  token.markup = state.getLines(startLine, line + 1, state.blkIndent, false).trim();
  token.block = true;
  token.map = [startLine, line + 1];
  token.meta = { display: true };
  state.line = line + 1;
}
