// What rendered content may consist of. `INVARIANTS(root)` returns what breaks it, as sentences.

const GLOBAL = ["class", "dir", "role", "aria-label", "tabindex", "title"];
const ELEMENTS = {
  p: [], h4: ["aria-level"], h5: ["aria-level"], h6: ["aria-level"], div: [], span: [], ul: [], ol: ["start"], li: [],
  blockquote: [], hr: [], pre: [], code: [], table: [], thead: [], tbody: [], tr: [], th: ["scope"], td: [], em: [],
  strong: [], s: [], br: [], bdi: [], mark: [], button: ["type"], canvas: ["width", "height"],
  a: ["href", "target", "rel", "referrerpolicy", "data-host"], img: ["src", "alt", "referrerpolicy", "decoding"],
};
const MATH = ["math", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover", "mpadded", "mphantom", "mprescripts",
  "mroot", "mrow", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder",
  "munderover", "none", "menclose"];
const MATH_ATTRIBUTES = ["accent", "accentunder", "class", "columnalign", "depth", "display", "displaystyle", "fence",
  "form", "height", "largeop", "linethickness", "lspace", "mathvariant", "maxsize", "minsize", "movablelimits", "rspace",
  "scriptlevel", "separator", "stretchy", "symmetric", "voffset", "width"];
const CLASS = /^(?:c-[a-z0-9-]+|hl-[a-z_-]+|tml-[a-z0-9-]+|mathcal|mathscr|mathsfit|mathbf|menclose|upstrike|downstrike|sout)$/;
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]|(?<!\u{1f3f4}[\u{e0000}-\u{e007f}]*)[\u{e0000}-\u{e007f}]/u;
const REL = "noopener noreferrer nofollow ugc";

export function INVARIANTS(root, { images = false } = {}) {
  const broken = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_ALL);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.nodeType === Node.TEXT_NODE) {
      if (HIDDEN.test(node.data)) broken.push(`a hidden character in ${JSON.stringify(node.data.slice(0, 60))}`);
    } else if (node.nodeType !== Node.ELEMENT_NODE) broken.push(`a node of type ${node.nodeType}`);
    else broken.push(...elementProblems(node, images));
  }
  return broken;
}

function elementProblems(node, images) {
  const name = node.localName;
  const said = [];
  const inMath = node.namespaceURI === "http://www.w3.org/1998/Math/MathML";
  const known = inMath ? MATH.includes(name) : node.namespaceURI === "http://www.w3.org/1999/xhtml" && name in ELEMENTS;
  if (!known) said.push(`<${name}>`);
  if (name === "img" && !images) said.push("<img> without a click");
  const allowed = inMath ? MATH_ATTRIBUTES : [...GLOBAL, ...(ELEMENTS[name] ?? [])];
  for (const { name: attribute, value } of node.attributes) {
    if (!allowed.includes(attribute)) said.push(`<${name} ${attribute}>`);
    if (attribute === "class" && !value.split(" ").every((each) => CLASS.test(each))) said.push(`class ${value}`);
    if (attribute === "role" && !["group", "img", "presentation"].includes(value)) said.push(`role ${value}`);
    if (HIDDEN.test(value)) said.push(`a hidden character in ${attribute}`);
  }
  if (name === "a") said.push(...linkProblems(node));
  return said;
}

function linkProblems(link) {
  const said = [];
  if (!["http:", "https:", "mailto:"].includes(link.protocol)) said.push(`a link to ${link.href}`);
  if (link.rel !== REL || link.target !== "_blank" || link.referrerPolicy !== "no-referrer") said.push(`rel of ${link.href}`);
  if (link.username || link.password) said.push(`a name in ${link.href}`);
  const host = link.protocol === "mailto:" ? link.pathname.slice(0, 200) : link.host;
  if (link.title !== host || link.dataset.host !== host) said.push(`the host of ${link.href} is not shown`);
  if (/[^ -~]/.test(host)) said.push(`the host of ${link.href} is not in punycode`);
  return said;
}
