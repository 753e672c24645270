// Formulas as MathML, by temml. Its tree is copied node by node: only elements and attributes listed here come through,
// no colour, no style, no address; what asks for more stays as source text.

import temml from "temml";
import mathStyle from "./render/math.css";

const NAMESPACE = "http://www.w3.org/1998/Math/MathML";
const LONGEST = 10_000;
const MOST_NODES = 2_500;
const DEEPEST = 36;
// Definitions can make a short formula endless; the rest reach outside of a formula.
const REFUSED =
  /\\(?:[gex]?def|let|futurelet|(?:re)?newcommand|providecommand|global|long|href|url|includegraphics|class|id|style|data|label|ref|eqref|toggle|tooltip|colou?r|html\w*)(?![a-zA-Z])/;
const NAMES = new Set([
  "math", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover", "mpadded", "mphantom", "mprescripts", "mroot", "mrow",
  "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover", "none",
  "menclose",
]);
const LENGTH = /^-?\+?(?:\d{1,4}|\d{0,3}\.\d{1,6})(?:em|ex|pt|px|mu|%)?$/;
const WORD = /^[a-z][a-z-]{0,30}$/;
/** @type {Record<string, RegExp>} */
const ATTRIBUTES = {
  accent: WORD, accentunder: WORD, columnalign: /^(?:left|right|center| ){1,400}$/, depth: LENGTH, display: /^block$/,
  displaystyle: WORD, fence: WORD, form: WORD, height: LENGTH, largeop: WORD, linethickness: LENGTH, lspace: LENGTH,
  mathvariant: WORD, maxsize: LENGTH, minsize: LENGTH, movablelimits: WORD, rspace: LENGTH, scriptlevel: /^[+-]?\d$/,
  separator: WORD, stretchy: WORD, symmetric: WORD, voffset: LENGTH, width: LENGTH,
};
const CLASS = /^(?:tml-[a-z0-9-]{1,20}|mathcal|mathscr|mathsfit|mathbf|menclose|upstrike|downstrike|sout)$/;
// The few inline styles temml writes, as classes of math.css; `tml-label` and the like have none and do nothing.
/** @type {Record<string, string>} */
const SIDES = { paddingLeft: "pl", paddingRight: "pr", paddingTop: "pt", paddingBottom: "pb" };
const BORDERS = ["borderTop", "borderBottom", "borderLeft", "borderRight"];

/** @type {CSSStyleSheet | undefined} */
let sheet;

/** A formula as MathML. Throws where it is wrong, too large, or asks for what is refused: its source then stays.
 * @param {string} tex @param {boolean} display @returns {Node} */
export function math(tex, display) {
  if (tex.length > LONGEST || REFUSED.test(tex)) throw new RangeError("refused");
  const options = { displayMode: display, throwOnError: true, trust: false, strict: false, maxExpand: 400, maxSize: [20, 200] };
  const tree = /** @type {any} */ (temml).__renderToMathMLTree(tex, options);
  return copy(tree, { nodes: 0 }, 0);
}

/** Gives the tree a formula stands in the style of formulas, once. @param {Node} node */
export function dress(node) {
  const root = /** @type {Document | ShadowRoot} */ (node.getRootNode());
  if (!("adoptedStyleSheets" in root)) return;
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(mathStyle);
  }
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet);
}

/** @param {any} node of temml's tree @param {{nodes: number}} count @param {number} depth @returns {Node} */
function copy(node, count, depth) {
  count.nodes += 1;
  if (count.nodes > MOST_NODES || depth > DEEPEST) throw new RangeError("too large");
  if (typeof node.text === "string") return document.createTextNode(node.text);
  const fragment = node.type === undefined && Array.isArray(node.children);
  if (!fragment && !NAMES.has(node.type)) throw new RangeError("not an element of formulas");
  const made = fragment ? document.createDocumentFragment() : document.createElementNS(NAMESPACE, node.type);
  if (made instanceof Element) dressUp(made, node);
  for (const child of node.children) made.appendChild(copy(child, count, depth + 1));
  return made;
}

/** @param {Element} made @param {any} node */
function dressUp(made, node) {
  for (const [name, value] of Object.entries(node.attributes ?? {})) {
    if (Object.hasOwn(ATTRIBUTES, name) && ATTRIBUTES[name].test(String(value))) made.setAttribute(name, String(value));
  }
  const classes = (node.classes ?? []).filter((/** @type {string} */ name) => CLASS.test(name));
  classes.push(...Object.entries(node.style ?? {}).flatMap(([property, value]) => classFor(property, String(value))));
  if (classes.length > 0) made.setAttribute("class", classes.join(" "));
}

/** @param {string} property @param {string} value @returns {string[]} */
function classFor(property, value) {
  if (BORDERS.includes(property)) {
    const kind = /dashed|double/.exec(value)?.[0] ?? "solid";
    return value.startsWith("0 ") ? [] : [`tml-${property.slice(6).toLowerCase()}-${kind}`];
  }
  if (property === "fontWeight" && value === "bold") return ["tml-bold"];
  if (property === "padding" && value === "0") return ["tml-p-0"];
  if (property === "width" && /^(?:100|50|7\.5)%$/.test(value)) return [`tml-w-${parseInt(value, 10)}`];
  const length = Object.hasOwn(SIDES, property) ? /^([\d.]+)(em|ex)?$/.exec(value) : null;
  // Paddings in steps of a quarter, up to two.
  return length ? [`tml-${SIDES[property]}-${Math.min(8, Math.round(Number(length[1]) * 4))}`] : [];
}
