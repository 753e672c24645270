// Shows answers. Markdown is rendered by the widget's own part, so that what was chosen looks as it did there; a
// product would use the renderer it has. Where the part does not come, the text stands as it was written.

import { h, mayMove, pause } from "./dom.js";

const TYPING_MS = 1400;
const STEPS = 28;
const WORDS = {
  content_code: "Code",
  content_code_in: "{language}",
  content_copy: "Copy",
  content_copied: "Copied",
  content_not_copied: "Not copied",
  content_table: "Table",
};

/** @type {Promise<any> | undefined} */
let renderer;

function importPart(name) {
  const address = document.body.getAttribute(`data-part-${name}`);
  return address ? import(address) : Promise.reject(new Error(name));
}

async function loadRenderer() {
  const part = await importPart("render");
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(part.contentStyle);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  return part;
}

const context = {
  t: (key, values = {}) => (WORDS[key] ?? "").replace(/\{(\w+)\}/g, (_, name) => values[name] ?? ""),
  load: importPart,
  upload: () => Promise.reject(new Error("The demo has no uploads.")),
  headingLevel: 3,
};

/** A box with an answer in it. `typed` lets it appear word by word, unless the visitor prefers stillness. */
export async function fillAnswer(box, text, { typed = false } = {}) {
  renderer ??= loadRenderer().catch(() => null);
  const part = await renderer;
  const write = (shown, streaming) => {
    if (part) box.replaceChildren(part.renderContent(shown, { ...context, streaming }));
    else box.replaceChildren(h("div", { class: "as-written" }, shown));
  };
  if (typed && mayMove()) {
    // Whole words, or whole characters where a language writes no spaces.
    const words = text.split(/(?<=\s)|(?<=[、。])/u);
    const count = Math.min(STEPS, words.length);
    for (let step = 1; step < count; step++) {
      write(words.slice(0, Math.ceil((words.length * step) / count)).join(""), true);
      await pause(TYPING_MS / STEPS);
    }
  }
  write(text, false);
}
