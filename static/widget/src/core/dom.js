// Makes DOM nodes. Text only ever becomes text nodes: no HTML string exists anywhere in the widget.

/** @typedef {Node | string | null | undefined | false} Child */

/**
 * An element with attributes and listeners (`onclick`, …); null, undefined and false leave an attribute out.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any>} [attributes]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else set(node, name, value);
  }
  node.append(.../** @type {(Node | string)[]} */ (children.filter((child) => (child ?? false) !== false)));
  return node;
}

/**
 * Sets an attribute, or takes it away. ARIA's "false" is a string, so that it stays.
 *
 * @param {Element} node @param {string} name @param {string | number | boolean | null | undefined} value
 */
export function set(node, name, value) {
  if ((value ?? false) === false) node.removeAttribute(name);
  else node.setAttribute(name, value === true ? "" : String(value));
}

/** Replaces a node's text, unless it says so already: a live region would say it again. @param {Node} node @param {string} text */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
