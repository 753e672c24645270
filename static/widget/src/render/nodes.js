// Tokens to elements: one function for each kind of token, everything else is text.

import { anchor, element, scrolling } from "./dom.js";
import { hostOf, isPictureData, linkTarget, misleads, pictureTarget } from "./addresses.js";
import { codeBlock } from "./code.js";
import {
  DEEPEST_ELEMENTS,
  LONG_BLOCK,
  MOST_CHARACTERS,
  MOST_ELEMENTS,
  MOST_IMAGES,
  MOST_LINKS,
  TooMuch,
} from "./limits.js";
import { allowance, formulaNode } from "./formula-node.js";
import { pictureFromData, pictureOnClick } from "./pictures.js";
import { directionOf, shown } from "./text.js";
import { read } from "./markdown.js";

/** @typedef {import("markdown-it").Token} Token */
/** @typedef {import("./types.js").RenderContext} RenderContext */

/** @param {string} source Markdown @param {RenderContext} context @returns {DocumentFragment} */
export function markdownNodes(source, context) {
  const tokens = read(source);
  const built = tokens && nodesOf(tokens, context);
  return built ?? plainNodes(source, context, source.length > MOST_CHARACTERS ? "content_long" : "content_tangled");
}

/** The elements of some blocks, or null where there would be too many. @param {Token[]} tokens
 * @param {RenderContext} context */
export function nodesOf(tokens, context) {
  try {
    const builder = new Builder(context);
    builder.blocks(tokens);
    return builder.root;
  } catch (error) {
    if (error instanceof TooMuch) return null;
    throw error;
  }
}

/** Text as it was written, with the reason why it is not formatted. In pieces, so that a browser can skip those out of
 * sight. @param {string} source @param {RenderContext} context @param {string} [reason] */
export function plainNodes(source, context, reason) {
  const fragment = document.createDocumentFragment();
  if (reason) fragment.append(element("p", "c-note", context.t(reason)));
  for (let start = 0; start < source.length; ) {
    const wanted = start + 4_000;
    const line = source.indexOf("\n", wanted) + 1;
    let end = line > 0 && line < wanted + 4_000 ? line : wanted;
    if (/[\ud800-\udbff]/.test(source[end - 1] ?? "")) end += 1;
    const piece = element("div", "c-plain", shown(source.slice(start, end)));
    piece.dir = "auto";
    fragment.append(piece);
    start = end;
  }
  return fragment;
}

/** @type {Record<string, "em" | "strong" | "s" | "blockquote" | "p" | "thead" | "tbody" | "tr">} */
const SIMPLE = {
  em_open: "em",
  strong_open: "strong",
  s_open: "s",
  blockquote_open: "blockquote",
  paragraph_open: "p",
  thead_open: "thead",
  tbody_open: "tbody",
  tr_open: "tr",
};

class Builder {
  /** @param {RenderContext} context */
  constructor(context) {
    this.context = context;
    this.root = document.createDocumentFragment();
    /** @type {(Element | DocumentFragment)[]} */
    this.open = [this.root];
    this.elements = 0;
    this.links = 0;
    this.images = 0;
    this.formulas = allowance();
  }

  /** @param {Token[]} tokens */
  blocks(tokens) {
    tokens.forEach((token, index) => {
      if (token.type === "inline") this.inline(token.children ?? []);
      else if (token.nesting < 0) this.close(token);
      else if (token.nesting > 0) this.openBlock(token, tokens, index);
      else this.leaf(token);
    });
  }

  get parent() {
    return this.open[this.open.length - 1];
  }

  /** @param {Node} node @param {number} [elements] how many it consists of */
  add(node, elements = 1) {
    this.elements += elements;
    if (this.elements > MOST_ELEMENTS) throw new TooMuch();
    this.parent.appendChild(node);
  }

  /** Opens an element, or where it would be too deep goes on in the one around it.
   * @param {Element} made @param {Element} [inner] where its children go */
  enter(made, inner = made) {
    if (this.open.length > DEEPEST_ELEMENTS) {
      this.open.push(this.parent);
      return;
    }
    this.add(made);
    this.open.push(inner);
  }

  /** @param {Token} token */
  close(token) {
    if (token.hidden) return;
    const closed = this.open.pop();
    if (this.open.length === 1 && closed instanceof HTMLElement && (closed.textContent ?? "").length > LONG_BLOCK) {
      closed.classList.add("c-far");
    }
    if (token.type === "link_close" && closed instanceof HTMLAnchorElement) this.showHost(closed);
  }

  /** @param {Token} token @param {Token[]} tokens @param {number} index */
  openBlock(token, tokens, index) {
    if (token.hidden) return;
    const { type } = token;
    if (type === "heading_open") this.enter(this.heading(Number(token.tag.slice(1))));
    else if (type === "table_open") this.table(tokens, index);
    else if (type === "th_open" || type === "td_open") this.enter(this.cell(token));
    else if (type === "bullet_list_open" || type === "ordered_list_open") this.list(token, tokens, index);
    else if (type === "list_item_open") this.enter(this.item(tokens, index));
    else if (type === "blockquote_open") this.enter(directed(element("blockquote"), tokens, index));
    else this.enter(automatic(element(SIMPLE[type] ?? "p")));
  }

  /** @param {Token} token */
  leaf(token) {
    if (token.type === "hr") this.add(element("hr"));
    else if (token.type === "fence") this.add(codeBlock(token.content, token.info, this.context), 6);
    else if (token.type === "code_block") this.add(codeBlock(token.content, "", this.context), 6);
    else if (token.type === "formula_block") this.add(formulaNode(token, this.context, this.formulas));
  }

  /** @param {number} rank 1 to 6 */
  heading(rank) {
    const level = (this.context.headingLevel ?? 4) + rank - 1;
    const tag = /** @type {"h4" | "h5" | "h6"} */ (`h${Math.min(6, level)}`);
    const made = automatic(element(tag, `c-rank${rank}`));
    if (level > 6) made.setAttribute("aria-level", String(level));
    return made;
  }

  /** @param {Token[]} tokens @param {number} index */
  table(tokens, index) {
    const table = directed(element("table"), tokens, index);
    this.enter(scrolling(element("div", "c-scroll", table), this.context.t("content_table")), table);
  }

  /** @param {Token} token */
  cell(token) {
    const header = token.type === "th_open";
    const alignment = /^text-align:(left|center|right)$/.exec(attribute(token, "style"))?.[1];
    const made = automatic(element(header ? "th" : "td", alignment && `c-${alignment}`));
    if (header) made.setAttribute("scope", "col");
    return made;
  }

  /** @param {Token} token @param {Token[]} tokens @param {number} index */
  list(token, tokens, index) {
    const made = directed(element(token.type === "bullet_list_open" ? "ul" : "ol"), tokens, index);
    const start = Number(token.attrGet("start") ?? 1);
    if (made instanceof HTMLOListElement && start !== 1) made.start = start;
    this.enter(made);
  }

  /** @param {Token[]} tokens @param {number} index */
  item(tokens, index) {
    const made = automatic(element("li"));
    const first = tokens[index + 2];
    const text = first?.type === "inline" ? first.children?.[0] : undefined;
    const task = text?.type === "text" ? /^\[([ xX])\]\s+/.exec(text.content) : null;
    if (!text || !task) return made;
    const done = task[1] !== " ";
    const box = element("span", "c-task", done ? "☑" : "☐");
    box.setAttribute("role", "img");
    box.setAttribute("aria-label", this.context.t(done ? "content_done" : "content_open"));
    text.content = text.content.slice(task[0].length);
    made.className = "c-has-task";
    made.append(box, " ");
    return made;
  }

  /** @param {Token[]} tokens */
  inline(tokens) {
    for (const token of tokens) {
      if (token.nesting < 0) this.close(token);
      else if (token.type === "link_open") this.link(token);
      else if (token.nesting > 0) this.enter(element(SIMPLE[token.type] ?? "span"));
      else this.inlineLeaf(token);
    }
  }

  /** @param {Token} token */
  inlineLeaf(token) {
    if (token.type === "softbreak") this.parent.append("\n");
    else if (token.type === "hardbreak") this.add(element("br"));
    else if (token.type === "code_inline") this.add(inlineCode(token.content));
    else if (token.type === "formula") this.add(formulaNode(token, this.context, this.formulas));
    else if (token.type === "image") this.image(token);
    else if (token.content) this.parent.append(shown(token.content));
  }

  /** @param {Token} token */
  link(token) {
    const target = linkTarget(attribute(token, "href"));
    this.links += 1;
    if (!target || this.links > MOST_LINKS) return this.enter(element("span"));
    return this.enter(anchor(target, hostOf(target)));
  }

  /** Names the place a link leads to where its words do not, or say another. @param {HTMLAnchorElement} link */
  showHost(link) {
    const words = (link.textContent ?? "").trim();
    if (words === "") link.append(link.title);
    else if (misleads(words, new URL(link.href))) link.append(element("span", "c-host", ` (${link.title})`));
  }

  /** @param {Token} token */
  image(token) {
    const address = attribute(token, "src");
    const words = shown(textOf(token.children ?? []));
    const target = pictureTarget(address);
    this.images += 1;
    if (this.images > MOST_IMAGES) this.parent.append(words);
    else if (target) this.add(pictureOnClick(target, words, this.context));
    else if (isPictureData(address)) this.add(pictureFromData(address, words, this.context));
    else this.parent.append(words);
  }
}

/** @param {string} code */
function inlineCode(code) {
  const made = element("code", "", shown(code));
  made.dir = "auto";
  return made;
}

/** @template {HTMLElement} T @param {T} made @returns {T} */
function automatic(made) {
  made.dir = "auto";
  return made;
}

/** A box of blocks gets its direction from its first words. With dir=auto it would not look into children that have it
 * too, and would look through all of them again for each that is added.
 * @template {HTMLElement} T @param {T} made @param {Token[]} tokens @param {number} index @returns {T} */
function directed(made, tokens, index) {
  for (let next = index + 1; next < tokens.length && tokens[next].level > tokens[index].level; next += 1) {
    const direction = tokens[next].type === "inline" ? directionOf(tokens[next].content.slice(0, 400)) : "";
    if (direction === "") continue;
    made.dir = direction;
    break;
  }
  return made;
}

/** @param {Token} token @param {string} name */
function attribute(token, name) {
  return String(token.attrGet(name) ?? "");
}

/** @param {Token[]} tokens @returns {string} */
function textOf(tokens) {
  return tokens.map((token) => (token.children?.length ? textOf(token.children) : token.content)).join("");
}
