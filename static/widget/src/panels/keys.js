// Single keys, only while the focus is inside the element: a key meant for the host's page is never a vote.

// So long (ms) after the vote has opened, or the focus has come in, keys do nothing.
const GUARD = 400;

/** @type {Record<string, string>} */
const KEYS = {
  a: "left",
  1: "left",
  b: "right",
  2: "right",
  e: "tie",
  3: "tie",
  x: "both_bad",
  4: "both_bad",
  s: "skip",
  u: "undo",
  d: "differences",
  "?": "help",
};

/** @param {EventTarget | undefined} target */
function takesText(target) {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !["checkbox", "radio", "button"].includes(target.type);
  return target.isContentEditable || target.matches("textarea, select");
}

/**
 * @param {import("../core/stage.js").Stage} stage
 * @param {(action: string) => boolean} act whether there was anything to do
 */
export function listenToKeys(stage, act) {
  const { host, ended } = stage;
  const { signal } = ended;
  let enteredAt = performance.now();
  host.addEventListener("focusin", ({ relatedTarget }) => {
    // A move of the focus within the element comes from inside it.
    if (!(relatedTarget instanceof Node && (relatedTarget === host || host.contains(relatedTarget)))) enteredAt = performance.now();
  }, { signal });
  host.addEventListener("keydown", onKey, { signal });
  // The host sees our fields as this element: its own shortcuts would take what is typed there for theirs.
  for (const type of ["keydown", "keypress", "keyup"]) {
    stage.section.addEventListener(type, (event) => {
      if (!takesText(event.composedPath()[0])) return;
      event.stopPropagation();
      if (event instanceof KeyboardEvent && type === "keydown" && event.key === "Escape" && act("escape")) event.preventDefault();
    }, { signal });
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    const { key, ctrlKey, altKey, metaKey, shiftKey, repeat, isComposing } = event;
    if (event.defaultPrevented || isComposing || ctrlKey || altKey || metaKey || repeat) return;
    if (takesText(event.composedPath()[0])) return;
    const action = key === "Escape" ? "escape" : KEYS[key.toLowerCase()];
    if (!action) return;
    if (action !== "escape") {
      const isLetter = key.toLowerCase() !== key.toUpperCase();
      const isEarly = performance.now() - Math.max(enteredAt, stage.openedAt) < GUARD;
      if (host.hasAttribute("no-shortcuts") || (shiftKey && isLetter) || isEarly || !stage.openedAt) return;
    }
    if (!act(action)) return;
    event.preventDefault();
    event.stopPropagation();
  }
}
