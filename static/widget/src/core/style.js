// Constructable style sheets: no style attribute and no <style>, which strict pages forbid.

import css from "./style.css";

/** @param {string} text */
export function sheet(text) {
  const made = new CSSStyleSheet();
  made.replaceSync(text);
  return made;
}

export const base = sheet(css);
