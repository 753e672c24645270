// Stands in for the package `entities` in the build: the 2,231 names of HTML would weigh more than the whole parser.
// What models really write is here; any other name is shown as it was written. Numbers (&#8217;) need no table.

/** @type {Record<string, string>} */
const NAMES = {
  amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0", copy: "©", reg: "®", trade: "™", deg: "°",
  hellip: "…", ndash: "–", mdash: "—", lsquo: "‘", rsquo: "’", ldquo: "“", rdquo: "”", laquo: "«", raquo: "»",
  bull: "•", middot: "·", sect: "§", para: "¶", times: "×", divide: "÷", plusmn: "±", ne: "≠", le: "≤", ge: "≥",
  larr: "←", uarr: "↑", rarr: "→", darr: "↓", harr: "↔", rArr: "⇒", euro: "€", pound: "£", yen: "¥", cent: "¢",
  frac12: "½", frac14: "¼", frac34: "¾", sup2: "²", sup3: "³", micro: "µ", infin: "∞", asymp: "≈",
  alpha: "α", beta: "β", gamma: "γ", delta: "δ", epsilon: "ε", lambda: "λ", mu: "μ", pi: "π", sigma: "σ",
  theta: "θ", phi: "φ", omega: "ω", Delta: "Δ", Sigma: "Σ", Omega: "Ω", sum: "∑", radic: "√", check: "✓",
};

/** @param {string} reference as `&name;` */
export function decodeHTMLStrict(reference) {
  const name = reference.slice(1, -1);
  return Object.hasOwn(NAMES, name) ? NAMES[name] : reference;
}
