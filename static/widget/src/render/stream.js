// An answer that is still being written: finished blocks stay as they are, only the open one is read again.

import { complete } from "./complete.js";
import { MOST_CHARACTERS, MOST_ELEMENTS } from "./limits.js";
import { read } from "./markdown.js";
import { markdownNodes, nodesOf, plainNodes } from "./nodes.js";

/** @typedef {import("./types.js").RenderContext} RenderContext */

/** Milliseconds between two renderings, at least; and never more than a tenth of the time is spent on them. */
const PAUSE = 100;
const SHARE = 10;
/** A long open block is read again when it has grown by a sixteenth, so that the work stays in proportion to the text. */
const GROWTH = 16;
const SHORT = 8_192;
/** What is more than the words of its text, and is made anew when its block is finished. */
const LIVELY = ".c-code, .c-formula, .c-picture";

/** Renders a growing text into an empty container: `append` takes what has come, `end` says that it is complete. `draw`
 * shows at once what was appended, for whoever keeps the time for two texts that must not get out of step.
 * @param {Element} container @param {RenderContext} context
 * @returns {{append: (delta: string) => void, draw: () => void, end: () => void}} */
export function createStreamRenderer(container, context) {
  const stream = new Stream(container, context);
  return { append: (delta) => stream.append(delta), draw: () => stream.flush(), end: () => stream.end() };
}

class Stream {
  /** @param {Element} container @param {RenderContext} context */
  constructor(container, context) {
    this.container = container;
    this.final = { ...context, streaming: false };
    this.growing = { ...context, streaming: true };
    this.source = "";
    /** A carriage return at the end of a delta: its line feed may come with the next. */
    this.held = "";
    /** Where the open block begins. */
    this.from = 0;
    /** @type {ChildNode[]} */
    this.openNodes = [];
    /** @type {Record<string, any>} */
    this.references = {};
    this.tangled = false;
    this.drawn = 0;
    this.next = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /** @param {string} delta */
  append(delta) {
    const text = this.held + delta;
    this.held = text.endsWith("\r") ? "\r" : "";
    this.source += text.slice(0, text.length - this.held.length).replace(/\r\n?/g, "\n");
    this.timer ??= setTimeout(() => this.flush(), Math.max(0, this.next - performance.now()));
  }

  end() {
    clearTimeout(this.timer);
    this.source += this.held && "\n";
    // An address named at the end may belong to a link at the beginning.
    const whole = this.tangled || this.source.length > MOST_CHARACTERS || Object.keys(this.references).length > 0;
    const last = whole ? null : this.blocks(this.source.slice(this.from), this.final);
    if (last && Object.keys(this.references).length === 0 && !this.isFull(last)) this.replaceOpen(last, false);
    else this.container.replaceChildren(markdownNodes(this.source, this.final));
  }

  flush() {
    clearTimeout(this.timer);
    this.timer = undefined;
    const open = this.source.length - this.from;
    if (this.drawn > SHORT && open - this.drawn < this.drawn / GROWTH) return;
    const started = performance.now();
    this.tangled ||= this.source.length > MOST_CHARACTERS || !this.settle() || !this.drawOpen();
    if (this.tangled) this.replaceOpen(plainNodes(this.source.slice(this.from), this.growing), true);
    this.drawn = this.source.length - this.from;
    const now = performance.now();
    this.next = now + Math.max(PAUSE, (now - started) * SHARE);
  }

  /** Gives every block but the last its final form. False where the text is too tangled. */
  settle() {
    const source = this.source.slice(this.from);
    const tokens = read(source, this.references);
    if (!tokens) return false;
    let last = tokens.length - 1;
    while (last > 0 && !(tokens[last].level === 0 && tokens[last].nesting >= 0 && tokens[last].map)) last -= 1;
    if (last <= 0) return true;
    const finished = nodesOf(tokens.slice(0, last), this.final);
    if (!finished || this.isFull(finished)) return false;
    this.replaceOpen(finished, false);
    this.from += offsetOf(source, tokens[last].map?.[0] ?? 0);
    return true;
  }

  drawOpen() {
    const open = this.blocks(complete(this.source.slice(this.from)), this.growing);
    if (open) this.replaceOpen(open, true);
    return open !== null;
  }

  /** @param {string} source @param {RenderContext} context */
  blocks(source, context) {
    const tokens = read(source, this.references);
    return tokens && nodesOf(tokens, context);
  }

  /** @param {DocumentFragment} more */
  isFull(more) {
    return this.container.querySelectorAll("*").length + more.querySelectorAll("*").length > MOST_ELEMENTS;
  }

  /** @param {DocumentFragment} fragment @param {boolean} growing whether it stays open */
  replaceOpen(fragment, growing) {
    const before = this.openNodes;
    this.openNodes = [];
    for (const node of [...fragment.childNodes]) {
      const old = before.shift();
      const kept = old && keeps(old, node, growing) ? old : node;
      if (kept === node && old) old.replaceWith(node);
      else if (!old) this.container.append(node);
      if (growing) this.openNodes.push(kept);
    }
    for (const old of before) old.remove();
  }
}

/** Whether what stands there can stay, so that a selection and a scroll position survive: it is the same, or it is code
 * that has only grown. @param {ChildNode} old @param {ChildNode} node @param {boolean} growing */
function keeps(old, node, growing) {
  if (!(old instanceof HTMLElement) || !(node instanceof HTMLElement)) return false;
  if (old.isEqualNode(node)) return growing || !(node.matches(LIVELY) || node.querySelector(LIVELY));
  if (!growing || old.className !== "c-code" || node.className !== "c-code") return false;
  const [one, other] = [old, node].map((box) => box.querySelector("code"));
  const same = old.firstChild?.isEqualNode(node.firstChild) ?? false;
  if (same && one && other) one.textContent = other.textContent;
  return same;
}

/** @param {string} source @param {number} line @returns {number} where the line begins */
function offsetOf(source, line) {
  let offset = 0;
  for (let count = 0; count < line; count += 1) offset = source.indexOf("\n", offset) + 1;
  return offset;
}
