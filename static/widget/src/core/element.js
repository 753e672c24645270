// <pairvote-compare>: what a host's page sees of the widget.

import { Api } from "./api.js";
import { Stage } from "./stage.js";
import { base, hidden } from "./style.js";

const PLAIN = ["endpoint", "theme", "layout", "reasons", "comment", "continues", "heading-level", "max-height", "timeout"];
const OWN = ["ticket", "streams", "messages", "noShortcuts"];
const TIMEOUT = 4000;

/** @param {string} attribute */
function camel(attribute) {
  return attribute.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
}

/** @typedef {{left: AsyncIterable<string>, right: AsyncIterable<string>}} Sources */

export class PairvoteCompare extends HTMLElement {
  static observedAttributes = ["ticket", "lang", "no-shortcuts", ...PLAIN];

  #root = this.attachShadow({ mode: "open" });
  /** A ticket given as a property never stands in the DOM. @type {string | null} */
  #ticket = null;
  /** @type {Sources | null} */
  #streams = null;
  /** @type {Record<string, string>} */
  #messages = {};
  /** @type {Stage | null} */
  #stage = null;
  /** What the stage shows. */
  #now = { ticket: "", endpoint: "", streams: /** @type {Sources | null} */ (null) };
  #isQueued = false;

  constructor() {
    super();
    this.#root.adoptedStyleSheets = [base, hidden];
  }

  get ticket() {
    return this.#ticket ?? this.getAttribute("ticket");
  }

  set ticket(value) {
    this.#ticket = value || null;
    this.#queue();
  }

  get streams() {
    return this.#streams;
  }

  set streams(value) {
    this.#streams = value ?? null;
    this.#queue();
  }

  get messages() {
    return this.#messages;
  }

  set messages(value) {
    this.#messages = { ...value };
    this.#stage?.relabel();
  }

  get noShortcuts() {
    return this.hasAttribute("no-shortcuts");
  }

  set noShortcuts(value) {
    this.toggleAttribute("no-shortcuts", Boolean(value));
  }

  connectedCallback() {
    // A framework may have set properties before the element was defined.
    for (const name of [...OWN, ...PLAIN.map(camel)]) {
      if (!Object.hasOwn(this, name)) continue;
      const own = /** @type {any} */ (this);
      const value = own[name];
      delete own[name];
      own[name] = value;
    }
    this.#queue();
  }

  disconnectedCallback() {
    this.#queue();
  }

  /** @param {string} name @param {string | null} before @param {string | null} after */
  attributeChangedCallback(name, before, after) {
    if (before === after) return;
    if (name === "ticket" || name === "endpoint") this.#queue();
    else if (name === "layout") this.#stage?.view?.layout.measure();
    else if (name === "max-height") this.#stage?.applyHeight();
    else if (name !== "theme" && name !== "timeout") this.#stage?.relabel();
  }

  /** Votes as a tap would. @param {string} choice */
  vote(choice) {
    if (this.#stage?.view && /^(left|right|tie|both_bad)$/.test(choice)) this.#stage.act(choice);
  }

  undo() {
    this.#stage?.act("undo");
  }

  skip() {
    this.#stage?.act("skip");
  }

  /** @override */
  focus() {
    this.#stage?.section.focus();
  }

  /** Several changes in a row are one, and a move within the page is none. */
  #queue() {
    if (this.#isQueued) return;
    this.#isQueued = true;
    queueMicrotask(() => {
      this.#isQueued = false;
      this.#follow();
    });
  }

  /** Brings the stage in line with ticket, endpoint and streams. */
  #follow() {
    if (!this.isConnected) return this.#stage?.pause();
    const { ticket, endpoint } = { ticket: this.ticket ?? "", endpoint: this.#endpoint };
    const before = this.#now;
    this.#now = { ticket, endpoint, streams: this.#streams };
    const isSameStream = this.#streams === before.streams;
    if (this.#stage && isSameStream && ticket === before.ticket && endpoint === before.endpoint) return this.#stage.resume();
    const timeout = Number(this.getAttribute("timeout")) || TIMEOUT;
    const api = ticket ? new Api(endpoint, ticket) : null;
    if (this.#stage && isSameStream && this.#streams && !before.ticket && api) return void this.#stage.start(api, timeout);
    this.#stage?.stop();
    this.#stage = null;
    this.#reveal(false);
    const streams = isSameStream && before.ticket ? null : this.#streams;
    if (!api && !streams) return;
    const stage = (this.#stage = new Stage(this, this.#root, (isVisible) => this.#reveal(isVisible)));
    if (streams) stage.stream(streams);
    if (api) stage.start(api, timeout);
  }

  get #endpoint() {
    const given = this.getAttribute("endpoint");
    return given ? new URL(given, document.baseURI).href : new URL("/v1", import.meta.url).href;
  }

  /** @param {boolean} isVisible */
  #reveal(isVisible) {
    const sheets = this.#root.adoptedStyleSheets.filter((each) => each !== hidden);
    this.#root.adoptedStyleSheets = isVisible ? sheets : [...sheets, hidden];
  }
}

for (const name of PLAIN) {
  Object.defineProperty(PairvoteCompare.prototype, camel(name), {
    configurable: true,
    enumerable: true,
    /** @this {HTMLElement} */
    get() {
      return this.getAttribute(name);
    },
    /** @this {HTMLElement} @param {unknown} value */
    set(value) {
      if (value === null || value === undefined) this.removeAttribute(name);
      else this.setAttribute(name, String(value));
    },
  });
}
