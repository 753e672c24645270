// Puts one comparison on the page: its session, its view, and the parts that come when they are needed.

import { load } from "../parts.js";
import { h, say, set } from "./dom.js";
import { Session } from "./session.js";
import { ShownTime } from "./shown.js";
import { addEnglish, chooseLanguage, loadWords, translator } from "./strings.js";
import { sheet } from "./style.js";
import { View } from "./view.js";

// A renderer that takes longer is not waited for: the text stands as it was written.
const PATIENCE = 2500;

/** @typedef {{left: AsyncIterable<string>, right: AsyncIterable<string>}} Sources */

export class Stage {
  /** @type {View | null} */
  view = null;
  /** What panels.js adds, once it has come. @type {import("../panels/equipment.js").Equipment | null} */
  equipment = null;
  /** @type {any} */
  renderer = null;
  isStopped = false;
  t = translator({}, {});
  language = "en";
  status = h("p", { class: "status", part: "status", role: "status", id: "status" });
  section = h("section", { class: "root", part: "root", "aria-labelledby": "heading", tabindex: -1 });
  session = new Session(this);
  /** @type {Promise<any>} ends when both streams, if there are any, have been shown */
  #streamed = Promise.resolve();
  #isStreaming = false;
  shown = new ShownTime();
  ended = new AbortController();
  /** When the vote opened; 0 before. */
  openedAt = 0;

  /**
   * @param {import("./element.js").PairvoteCompare} host
   * @param {ShadowRoot} root
   * @param {(isVisible: boolean) => void} reveal shows or hides the element as a whole
   */
  constructor(host, root, reveal) {
    this.host = host;
    this.root = root;
    this.reveal = reveal;
    this.space = h("div", {}, this.section);
    for (const name of ["pointerover", "focusin"]) this.space.addEventListener(name, () => this.equip(), { once: true });
    // Until the first tap or key what stands below must not move: the room of the skeleton is kept.
    for (const name of ["pointerdown", "keydown"]) {
      this.space.addEventListener(name, () => this.space.style.removeProperty("min-block-size"), { once: true });
    }
    const blocks = ["line", "block", "cards", "pill", "pill", "foot"].map((name) => h("div", { class: name }, h("i"), h("i")));
    set(this.section, "aria-busy", "true");
    this.section.append(h("div", { class: "skeleton", "aria-hidden": "true" }, ...blocks), this.status);
    root.append(this.space);
    this.applyHeight();
    reveal(true);
    this.ready = Promise.all([this.relabel(), this.#useRenderer()]);
  }

  /** Shows two streams; the vote opens when both are done and their ticket is there. @param {Sources} sources */
  async stream(sources) {
    this.#isStreaming = true;
    this.session.state = "streaming";
    this.#streamed = Promise.all([load("streams", this.root), this.ready]).then(([part]) => {
      this.build();
      return part.play(this, sources);
    });
    // Without the part nothing can be shown.
    this.#streamed.catch(() => this.reveal(false));
  }

  /** Shows the comparison of a ticket. @param {import("./api.js").Api} api @param {number} timeout */
  async start(api, timeout) {
    const { session } = this;
    session.api = api;
    const isThere = await session.load(timeout, this.ended.signal);
    await Promise.all([this.ready, this.#streamed.catch(() => {})]);
    if (this.isStopped || session.state === "none") return;
    if (isThere) {
      if (this.view) this.view.fill(/** @type {import("./types.js").Comparison} */ (session.data));
      else this.build();
      session.open();
      this.openedAt = performance.now();
      // What happens then is the panels' business.
      const left = Date.parse(session.data?.expires_at ?? "") - Date.now();
      if (left < 2 ** 31) setTimeout(() => this.equip(), left);
      // What is being read does not vanish; it only takes no vote.
    } else if (this.#isStreaming) session.state = "closed";
    else this.reveal(false);
    this.update();
  }

  /** @param {string} name @param {object} detail */
  emit(name, detail) {
    const event = new CustomEvent(`pairvote:${name}`, { detail, bubbles: true, composed: true });
    if (!this.isStopped) this.host.dispatchEvent(event);
  }

  stop() {
    this.isStopped = true;
    this.pause();
    this.ended.abort();
    this.space.remove();
  }

  /** The element is in no page for now. */
  pause() {
    this.shown.stop();
    this.view?.layout.stop();
  }

  resume() {
    if (!this.view) return;
    this.view.layout.start();
    this.shown.start(this.view.layout.row);
  }

  applyHeight() {
    // An odd value is refused by the browser, and the default stands.
    const height = this.host.getAttribute("max-height") ?? "";
    this.space.style.setProperty("--pv-max-height", CSS.supports("max-height", height) ? height : "");
  }

  /** Follows the host's language and its own words. */
  async relabel() {
    const { host } = this;
    const near = /** @type {HTMLElement | null} */ (host.closest("[lang]"));
    this.language = chooseLanguage(near?.lang || navigator.language);
    this.t = translator(host.messages, await loadWords(this.language));
    if (this.view) this.build();
  }

  /** Builds the view, anew if there was one, and fills it with what is there. */
  build() {
    if (this.isStopped) return;
    const { section, status, session, language } = this;
    if (!this.view) this.space.style.setProperty("min-block-size", `${this.space.offsetHeight}px`);
    const shown = this.view?.sides;
    this.pause();
    const view = (this.view = new View(this));
    set(section, "lang", language);
    set(section, "dir", language === "ar" ? "rtl" : "ltr");
    set(section, "aria-busy", null);
    // The live region outlives every view: a new one would not be read.
    while (status.previousSibling) status.previousSibling.remove();
    while (status.nextSibling) status.nextSibling.remove();
    status.before(...view.top);
    status.after(...view.bottom);
    if (session.data) view.fill(session.data);
    else if (shown) view.sides.left.content.append(...shown.left.content.childNodes), view.sides.right.content.append(...shown.right.content.childNodes);
    this.equipment?.rebuilt();
    this.resume();
    this.update();
  }

  update() {
    const { view, session, root } = this;
    if (!view || this.isStopped) return;
    const focused = root.activeElement;
    view.update();
    this.equipment?.update();
    if (!/^(open|streaming)$/.test(session.state)) this.equip();
    // A button that goes away must not take the focus out of the element.
    if (focused && !focused.checkVisibility()) this.section.focus({ preventScroll: true });
  }

  /** Does what a button or a key stands for. @param {string} action */
  act = async (action) => {
    const { session, view } = this;
    if (/^(left|right|tie|both_bad)$/.test(action)) {
      if (!view?.buttons[action].hidden) session.cast({ choice: /** @type {import("./types.js").Choice} */ (action) });
    } else if (await this.equip()) this.equipment?.act(action);
    else say(this.status, this.t("part_failed"));
  };

  /** Gets everything that is not needed for a vote. @returns {Promise<boolean>} whether it is there */
  async equip() {
    try {
      const panels = await load("panels", this.root);
      if (!this.equipment) {
        addEnglish(panels.strings);
        this.root.adoptedStyleSheets.push(sheet(panels.style));
        this.equipment = panels.equip(this);
        this.update();
      }
      return true;
    } catch {
      return false;
    }
  }

  /** @param {import("./types.js").Content} content @param {boolean} [streaming] @returns {Node} */
  render = (content, streaming) => {
    const { t, root, session } = this;
    /** @type {(name: string) => Promise<any>} */
    const get = (name) => load(name, root);
    return this.renderer
      ? this.renderer.renderContent(content, { t, load: get, upload: (/** @type {string} */ id) => session.api.upload(id), streaming })
      : h("div", { class: "plain" }, typeof content === "string" ? content : content.map(({ text }) => text).join("\n"));
  };

  async #useRenderer() {
    const part = load("render", this.root).then((renderer) => {
      if (this.view) return;
      addEnglish(renderer.strings ?? {});
      this.root.adoptedStyleSheets.push(sheet(renderer.contentStyle));
      this.renderer = renderer;
    });
    await Promise.race([part.catch(() => {}), new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
  }
}
