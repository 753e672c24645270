// <pairvote-compare>: what a host's page sees of the widget.

import { Api } from "./api.js";
import { set } from "./dom.js";
import { Stage } from "./stage.js";
import { base } from "./style.js";

const REFLECTED = ["endpoint", "layout", "reasons", "comment", "continues", "heading-level", "max-height", "no-shortcuts", "theme", "timeout"];
const TIMEOUT = 4000;

/** @param {string} attribute */
function camel(attribute) {
  return attribute.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
}

/** @typedef {import("./stage.js").Sources} Sources */

export class PairvoteCompare extends HTMLElement {
  static observedAttributes = ["ticket", "lang", ...REFLECTED];

  #root = this.attachShadow({ mode: "open" });
  #states = this.attachInternals().states;
  /** A ticket given as a property never stands in the DOM. @type {string | null} */
  #ticket = null;
  /** @type {Sources | null} */
  #streams = null;
  /** @type {Record<string, string>} */
  #messages = {};
  /** @type {Stage | null} */
  #stage = null;
  /** What the stage shows. @type {{key: string, ticket?: string | null, streams?: Sources | null}} */
  #now = { key: "" };

  constructor() {
    super();
    this.#root.adoptedStyleSheets = [base];
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
    this.#streams = value;
    this.#queue();
  }

  get messages() {
    return this.#messages;
  }

  set messages(value) {
    this.#messages = value ?? {};
    this.#stage?.relabel();
  }

  connectedCallback() {
    // A framework may have set properties before the element was defined.
    for (const name of Object.keys(this)) {
      const own = /** @type {any} */ (this);
      const value = own[name];
      if (!(name in PairvoteCompare.prototype)) continue;
      delete own[name];
      own[name] = value;
    }
    this.#queue();
  }

  disconnectedCallback() {
    this.#queue();
  }

  /** @param {string} name */
  attributeChangedCallback(name) {
    if (name === "ticket" || name === "endpoint") this.#queue();
    else this.#stage?.relabel();
  }

  /** Votes as a tap would. @param {string} choice */
  vote(choice) {
    this.#stage?.act(choice);
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

  /** Shows or hides the element as a whole. @param {boolean} isVisible */
  reveal(isVisible) {
    this.#states[isVisible ? "add" : "delete"]("shown");
  }

  /** Several changes in a row are one, and a move within the page is none. */
  #queue() {
    queueMicrotask(() => this.#follow());
  }

  /** Brings the stage in line with ticket, endpoint and streams. */
  #follow() {
    const { ticket } = this;
    if (!this.isConnected) return this.#stage?.pause();
    const given = this.getAttribute("endpoint");
    const endpoint = new URL(given || "/v1", given ? document.baseURI : import.meta.url);
    const before = this.#now;
    const now = (this.#now = { key: `${ticket} ${endpoint}`, ticket, streams: this.#streams });
    const isSameStream = now.streams === before.streams;
    if (isSameStream && now.key === before.key) return this.#stage?.resume();
    // The ticket of what is being streamed comes when both responses have been registered.
    if (!this.#stage || !isSameStream || before.ticket || !ticket) {
      this.#stage?.stop();
      this.#stage = null;
      this.reveal(false);
      const streams = isSameStream && before.ticket ? null : now.streams;
      if (!ticket && !streams) return;
      this.#stage = new Stage(this, this.#root);
      if (streams) this.#stage.stream(streams);
    }
    if (ticket) this.#stage.start(new Api(endpoint.href, ticket), Number(this.getAttribute("timeout")) || TIMEOUT);
  }
}

for (const name of REFLECTED) {
  Object.defineProperty(PairvoteCompare.prototype, camel(name), {
    /** @this {HTMLElement} */
    get() {
      return name === "no-shortcuts" ? this.hasAttribute(name) : this.getAttribute(name);
    },
    /** @this {HTMLElement} @param {any} value */
    set(value) {
      set(this, name, value);
    },
  });
}
