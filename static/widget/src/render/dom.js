// Makes elements. Nothing here takes markup, and no name of an element or attribute comes from an answer.

/** @template {keyof HTMLElementTagNameMap} K
 * @param {K} name @param {string} [className] @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[K]} */
export function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/** @param {string} label @param {string} className @param {(button: HTMLButtonElement) => void} pressed */
export function button(label, className, pressed) {
  const made = element("button", className, label);
  made.type = "button";
  made.addEventListener("click", () => pressed(made));
  return made;
}

/** A box that scrolls sideways must be reachable with keys, and then it needs a name.
 * @template {HTMLElement} T @param {T} box @param {string} name @returns {T} */
export function scrolling(box, name) {
  box.tabIndex = 0;
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", name);
  return box;
}

/** @param {URL} target @param {string} host @param {(Node | string)[]} children */
export function anchor(target, host, ...children) {
  const made = element("a", "c-link", ...children);
  made.href = target.href;
  made.target = "_blank";
  made.rel = "noopener noreferrer nofollow ugc";
  made.referrerPolicy = "no-referrer";
  made.title = host;
  made.dataset.host = host;
  return made;
}
