// @ts-check
/**
 * The script of /embed: shows <pairvote-compare> inside an iframe and talks with the page around it by messages.
 *
 * The ticket comes in a message and stays in memory: it is in no address, no attribute and no storage. Messages are
 * taken from the parent window alone, and only if its origin is one that the workspace has registered; what the
 * element says goes back to that very origin.
 */

const EVENTS = ["ready", "vote", "skip", "undo", "optout", "report", "expired", "error"];
/** Attributes that the parent may set, and what it may set them to. @type {Record<string, RegExp>} */
const OPTIONS = {
  lang: /^[A-Za-z0-9-]{1,35}$/,
  theme: /^(auto|light|dark)$/,
  continues: /^(chosen|left|right)$/,
};
const ENDPOINT = new URL("../../v1", import.meta.url).href;
const WIDGET = new URL("../widget/v1/pairvote.js", import.meta.url).href;

const allowed = new Set((document.body.dataset.origins ?? "").split(" ").filter(Boolean));
/** The parent's origin, once it has sent a ticket. */
let host = "";
let ticket = "";
let toldHeight = -1;
/** @type {HTMLElement | null} */
let element = null;

/** @param {{type: string, [more: string]: unknown}} message */
function tell(message) {
  if (host) parent.postMessage(message, host);
}

/**
 * Where the parent may be: its origin where the browser tells, else every registered one (only a parent of that very
 * origin is given the message).
 */
function candidates() {
  const known = location.ancestorOrigins?.[0] ?? (document.referrer && new URL(document.referrer).origin);
  if (!known) return [...allowed];
  return allowed.has(known) ? [known] : [];
}

/** @param {HTMLElement} target @param {Record<string, unknown>} wishes */
function setOptions(target, wishes) {
  for (const [name, fitting] of Object.entries(OPTIONS)) {
    const value = wishes[name];
    if (typeof value === "string" && fitting.test(value)) target.setAttribute(name, value);
  }
  // The element goes by the nearest language; without a wish that is the reader's own.
  document.documentElement.lang = target.getAttribute("lang") ?? navigator.language;
  const theme = target.getAttribute("theme");
  // A frame whose colour scheme differs from its page's is painted opaque.
  document.documentElement.style.colorScheme = theme === "light" || theme === "dark" ? theme : "light dark";
}

/** @param {Record<string, unknown>} wishes */
async function show(wishes) {
  const asked = ticket;
  if (!(await loaded)) {
    const detail = { code: "widget-unavailable", status: 0, title: "The widget could not be loaded", requestId: null };
    tell({ type: "pairvote:error", detail });
    return;
  }
  // Another ticket may have come while the widget was loading.
  if (asked !== ticket) return;
  const made = document.createElement("pairvote-compare");
  made.setAttribute("endpoint", ENDPOINT);
  setOptions(made, wishes);
  for (const name of EVENTS) {
    made.addEventListener(`pairvote:${name}`, (event) => {
      if (made === element) tell({ type: event.type, detail: /** @type {CustomEvent} */ (event).detail });
    });
  }
  element?.remove();
  element = made;
  /** @type {HTMLElement & {ticket?: string}} */ (made).ticket = ticket;
  document.body.append(made);
}

/** @param {MessageEvent} event */
function receive(event) {
  if (event.source !== parent || !allowed.has(event.origin)) return;
  const message = event.data;
  if (typeof message !== "object" || message?.type !== "pairvote:ticket" || typeof message.ticket !== "string") return;
  if (message.ticket === ticket) {
    if (element) setOptions(element, message);
    return;
  }
  host = event.origin;
  ticket = message.ticket;
  void show(message);
}

function tellHeight() {
  const height = Math.ceil(document.body.getBoundingClientRect().height);
  if (host && height !== toldHeight) {
    toldHeight = height;
    tell({ type: "pairvote:height", height });
  }
}

/** Begun before the ticket comes, which then need not wait. */
const loaded =
  parent === window
    ? Promise.resolve(false)
    : import(WIDGET).then(
        () => true,
        () => false,
      );
const sheet = new CSSStyleSheet();
// As high as what is in it, whatever the frame's own height.
sheet.replaceSync(":root { background: transparent } body { margin: 0; display: flow-root }");
document.adoptedStyleSheets = [sheet];
if (parent === window) {
  document.body.textContent = "This page asks a question inside the product that it belongs to.";
} else {
  addEventListener("message", receive);
  new ResizeObserver(tellHeight).observe(document.body);
  for (const origin of candidates()) parent.postMessage({ type: "pairvote:hello" }, origin);
}
