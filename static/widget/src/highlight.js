// Colours for code: highlight.js with the languages answers are usually written in. Tokens become elements, never markup.

import hljs from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import c from "highlight.js/lib/languages/c";
import cpp from "highlight.js/lib/languages/cpp";
import csharp from "highlight.js/lib/languages/csharp";
import css from "highlight.js/lib/languages/css";
import diff from "highlight.js/lib/languages/diff";
import go from "highlight.js/lib/languages/go";
import java from "highlight.js/lib/languages/java";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import python from "highlight.js/lib/languages/python";
import rust from "highlight.js/lib/languages/rust";
import sql from "highlight.js/lib/languages/sql";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";

const LANGUAGES = { bash, c, cpp, csharp, css, diff, go, java, javascript, json, python, rust, sql, typescript, xml, yaml };
for (const [name, grammar] of Object.entries(LANGUAGES)) hljs.registerLanguage(name, grammar);

const LONGEST = 50_000;
const MOST_SPANS = 12_000;
// A grammar's scope becomes one of these classes, or none.
const CLASSES = new Set([
  "addition", "attr", "attribute", "built_in", "comment", "deletion", "keyword", "literal", "meta", "name", "number",
  "operator", "params", "property", "regexp", "section", "selector-attr", "selector-class", "selector-id",
  "selector-pseudo", "selector-tag", "string", "subst", "symbol", "tag", "template-tag", "template-variable", "title",
  "type", "variable",
]);

/** Coloured code, or null where the language is not known or the code is too long.
 * @param {string} code @param {string} language @returns {DocumentFragment | null} */
export function highlight(code, language) {
  if (code.length > LONGEST || !hljs.getLanguage(language)) return null;
  const result = hljs.highlight(code, { language, ignoreIllegals: true });
  const fragment = document.createDocumentFragment();
  const tree = /** @type {any} */ (result)._emitter.rootNode;
  return fill(fragment, tree.children, { spans: 0 }) ? fragment : null;
}

/** @param {Node} parent @param {any[]} children @param {{spans: number}} count @returns {boolean} */
function fill(parent, children, count) {
  return children.every((child) => {
    if (typeof child === "string") {
      parent.appendChild(document.createTextNode(child));
      return true;
    }
    count.spans += 1;
    const span = document.createElement("span");
    const name = String(child.scope ?? "").split(".")[0];
    if (CLASSES.has(name)) span.className = `hl-${name}`;
    parent.appendChild(span);
    return count.spans <= MOST_SPANS && fill(span, child.children, count);
  });
}
