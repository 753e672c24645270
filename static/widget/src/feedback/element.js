// <pairvote-feedback>: what a host's page sees of it, and how a rating is kept.

import { say, set } from "../core/dom.js";
import { chooseLanguage } from "../core/strings.js";
import { sheet } from "../core/style.js";
import { withdrawCard } from "../panels/withdraw.js";
import { FeedbackApi } from "./api.js";
import { Form } from "./form.js";
import css from "./style.css";
import { english, wordsOf } from "./words.js";

const base = sheet(css);
const WEEK = 7 * 24 * 3_600_000;
const ATTRIBUTES = ["endpoint", "theme"];

/** @typedef {import("./form.js").Thumb} Thumb */
/** @typedef {{rating: Thumb, reasons: string[], comment?: string | null}} Rating */

export class PairvoteFeedback extends HTMLElement {
  static observedAttributes = ["ticket", "lang", ...ATTRIBUTES];

  #root = this.attachShadow({ mode: "open" });
  #states = this.attachInternals().states;
  /** A ticket given as a property never stands in the DOM. @type {string | null} */
  #ticket = null;
  /** @type {Record<string, string>} */
  #messages = {};
  #words = english;
  #language = "en";
  #key = "";
  /** Counts the person's acts: what an older one is answered is not shown any more. */
  #turn = 0;
  /** @type {FeedbackApi | null} */
  #api = null;
  /** @type {Form | null} */
  #form = null;
  /** @type {Rating | null} */
  #rating = null;
  /** The last rating that the server has. @type {Rating | null} */
  #kept = null;
  #isFinal = false;
  #id = "";
  /** Given earlier, and in research: what an opt-out offers to withdraw. */
  #withdrawable = 0;
  #undoUntil = "";
  #receipt = "";

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

  get messages() {
    return this.#messages;
  }

  set messages(value) {
    this.#messages = value ?? {};
    this.#speak();
  }

  connectedCallback() {
    // A framework may have set properties before the element was defined.
    for (const name of ["ticket", "messages", ...ATTRIBUTES]) {
      const own = /** @type {any} */ (this);
      if (!Object.hasOwn(own, name)) continue;
      const value = own[name];
      delete own[name];
      own[name] = value;
    }
    this.#queue();
  }

  /** @param {string} name */
  attributeChangedCallback(name) {
    if (name === "lang") this.#speak();
    else this.#queue();
  }

  /** Rates as a tap would. @param {Thumb} thumb */
  rate(thumb) {
    if (!this.#form || this.#isFinal || this.#rating?.rating === thumb) return;
    this.#save({ rating: thumb, reasons: [] });
  }

  async undo() {
    if (!this.#form || this.#isFinal || !this.#rating) return;
    const turn = ++this.#turn;
    this.#show(null);
    try {
      await this.#api?.insist("DELETE", "/rating", undefined, () => turn === this.#turn);
      this.#kept = null;
      this.#emit("undo", { id: this.#id });
      if (turn === this.#turn) this.#say("undone");
    } catch (error) {
      this.#fail(error, turn);
    }
  }

  /** @override */
  focus() {
    this.#form?.section.focus();
  }

  /** Several changes in a row are one. */
  #queue() {
    queueMicrotask(() => this.#follow());
  }

  async #follow() {
    const { ticket } = this;
    if (!this.isConnected) return;
    const given = this.getAttribute("endpoint");
    const endpoint = new URL(given || "/v1", given ? document.baseURI : import.meta.url).href;
    const key = `${ticket} ${endpoint}`;
    if (key === this.#key) return;
    this.#key = key;
    this.#turn += 1;
    this.#form = null;
    this.#root.replaceChildren();
    this.#states.delete("shown");
    if (!ticket) return;
    this.#api = new FeedbackApi(endpoint, ticket);
    try {
      const shown = await this.#api.call("GET");
      if (key === this.#key) this.#begin(shown);
    } catch (error) {
      this.#tell(error);
    }
  }

  /** @param {Record<string, any>} shown */
  async #begin(shown) {
    this.#id = shown.id;
    this.#kept = shown.rating;
    this.#isFinal = shown.state === "final";
    this.#withdrawable = 0;
    this.#keep(shown);
    this.#form = new Form(shown, {
      rate: (thumb) => (this.#rating?.rating === thumb ? this.undo() : this.rate(thumb)),
      undo: () => {
        // What is pressed goes away with the rating: the thumbs are where the person came from.
        this.#form?.thumbs[this.#rating?.rating === "up" ? 0 : 1].focus();
        this.undo();
      },
      toggle: (code) => this.#toggle(code),
      comment: (text) => this.#rating && this.#save({ ...this.#rating, comment: text || null }, "comment_saved"),
      stopAsking: (ask) => this.#stopAsking(ask),
    });
    this.#form.text.value = shown.rating?.comment ?? "";
    await this.#speak();
    if (!this.#form) return;
    this.#root.replaceChildren(this.#form.section);
    this.#show(shown.rating);
    if (this.#isFinal) this.#say("final");
    this.#states.add("shown");
    this.#emit("ready", { id: this.#id });
  }

  async #speak() {
    if (!this.#form) return;
    const near = /** @type {HTMLElement | null} */ (this.closest("[lang]"));
    const language = (this.#language = chooseLanguage(near?.lang || navigator.language));
    const words = await wordsOf(language);
    if (language !== this.#language) return;
    this.#words = { ...words, ...this.#messages };
    this.#form?.speak(this.#words, language);
    this.#show(this.#rating);
    this.#offer();
  }

  /** @param {string} code */
  #toggle(code) {
    const rating = this.#rating;
    if (!rating) return;
    const had = rating.reasons.includes(code);
    this.#save({ ...rating, reasons: had ? rating.reasons.filter((each) => each !== code) : [...rating.reasons, code] });
  }

  /** @param {Rating} rating @param {string} [thanks] */
  async #save(rating, thanks = "saved") {
    const turn = ++this.#turn;
    const before = this.#kept;
    this.#show(rating);
    this.#say("saving");
    try {
      this.#keep(await this.#api?.insist("PUT", "/rating", rating, () => turn === this.#turn));
      this.#kept = rating;
      this.#emit("feedback", {
        id: this.#id,
        rating: rating.rating,
        reasons: rating.reasons,
        receipt: this.#receipt,
        undoUntil: this.#undoUntil,
        changed: before !== null && before.rating !== rating.rating,
      });
      if (turn === this.#turn) this.#say(thanks);
    } catch (error) {
      this.#fail(error, turn);
    }
  }

  /** @param {string} ask */
  async #stopAsking(ask) {
    const turn = this.#turn;
    const week = new Date(Date.now() + WEEK).toISOString();
    const wish = /** @type {Record<string, string>} */ ({ week, conversation: "not_in_conversation", never: "never" })[ask];
    try {
      const told = await this.#api?.insist("PUT", "/preferences", { ask: wish }, () => true);
      this.#emit("optout", { id: this.#id, ask });
      // What was offered and is not rated is gone with that wish.
      this.#isFinal ||= ask === "never" && !this.#kept;
      this.#show(this.#rating);
      this.#say(`ask_done_${ask}`);
      // An offer that is not rated is gone with the wish, and its ticket opens nothing more.
      this.#withdrawable = this.#kept ? told.withdrawable_votes ?? 0 : 0;
      this.#offer();
    } catch (error) {
      this.#fail(error, turn);
    }
  }

  #offer() {
    this.#form?.offer.replaceChildren();
    if (!this.#withdrawable) return;
    this.#form?.offer.append(withdrawCard({
      count: this.#withdrawable,
      language: this.#language,
      t: (key, { count = "" } = {}) => this.#words[key].replace("{count}", count),
      take: () => this.#withdraw(),
    }));
  }

  /** Withdraws everything of the person, also the rating that stands here. */
  async #withdraw() {
    try {
      await this.#api?.insist("POST", "/withdrawal", undefined, () => true);
    } catch (error) {
      this.#tell(error);
      return "unsaved";
    }
    this.#turn += 1;
    if (this.#kept) this.#emit("undo", { id: this.#id });
    this.#kept = null;
    this.#isFinal = true;
    this.#withdrawable = 0;
    this.#offer();
    this.#show(null);
    this.#say("withdraw_done");
    this.focus();
    return "";
  }

  /** @param {Record<string, any>} answer */
  #keep(answer) {
    this.#receipt = answer.receipt ?? "";
    this.#undoUntil = answer.undo_until ?? "";
  }

  /** @param {Rating | null} rating */
  #show(rating) {
    this.#rating = rating;
    this.#form?.update(rating, this.#isFinal);
  }

  /** @param {string} key */
  #say(key) {
    const until = this.#undoUntil && new Date(this.#undoUntil);
    const time = until ? until.toLocaleTimeString(this.#language, { hour: "2-digit", minute: "2-digit" }) : "";
    if (this.#form) say(this.#form.status, (this.#words[key] ?? "").replace("{time}", time));
  }

  /** Shows again what the server has. @param {any} error @param {number} turn */
  #fail(error, turn) {
    this.#tell(error);
    if (turn !== this.#turn) return;
    const { code } = error.detail ?? {};
    this.#isFinal = code === "feedback-final" || code === "ticket-expired";
    this.#show(this.#kept);
    this.#say(this.#isFinal ? "final" : code === "opted-out" ? "unrecorded" : "unsaved");
  }

  /** @param {any} error */
  #tell(error) {
    const detail = error.detail ?? { code: "unexpected", status: 0, title: String(error), requestId: null };
    this.#emit("error", detail);
  }

  /** @param {string} name @param {object} detail */
  #emit(name, detail) {
    this.dispatchEvent(new CustomEvent(`pairvote:${name}`, { detail, bubbles: true, composed: true }));
  }
}

for (const name of ATTRIBUTES) {
  Object.defineProperty(PairvoteFeedback.prototype, name, {
    /** @this {HTMLElement} */
    get() {
      return this.getAttribute(name);
    },
    /** @this {HTMLElement} @param {any} value */
    set(value) {
      set(this, name, value);
    },
  });
}
