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
  t = translator({}, {});
  language = "en";
  status = h("p", { class: "status", part: "status", role: "status", id: "status" });
  #top = h("div");
  #bottom = h("div");
  // The live region outlives every view: a new one would not be read.
  section = h("section", { class: "root", part: "root", "aria-labelledby": "heading", tabindex: -1 }, this.#top, this.status, this.#bottom);
  session = new Session(this);
  /** @type {Promise<any>} ends when both streams, if there are any, have been shown */
  #streamed = Promise.resolve();
  shown = new ShownTime();
  ended = new AbortController();
  /** When the vote opened; 0 before. */
  openedAt = 0;

  /**
   * @param {import("./element.js").PairvoteCompare} host
   * @param {ShadowRoot} root
   */
  constructor(host, root) {
    this.host = host;
    this.root = root;
    this.space = h("div", {}, this.section);
    for (const name of ["pointerover", "focusin"]) this.space.addEventListener(name, () => this.equip(), { once: true });
    const skeleton = ["", "cards", "", "", ""].map((name) => h("div", { class: `skeleton ${name}` }));
    this.#top.append(...skeleton);
    root.append(this.space);
    host.reveal(true);
    this.ready = Promise.all([this.relabel(), this.#useRenderer()]);
  }

  /** Shows two streams; the vote opens when both are done and their ticket is there. @param {Sources} sources */
  stream(sources) {
    this.session.state = "streaming";
    this.#streamed = Promise.all([this.equip(), this.ready]).then(() => {
      this.build();
      this.update();
      return this.equipment?.play(sources);
    });
  }

  /** Shows the comparison of a ticket. @param {import("./api.js").Api} api @param {number} timeout */
  async start(api, timeout) {
    const { session } = this;
    session.api = api;
    const isThere = await session.load(timeout, this.ended.signal);
    await Promise.all([this.ready, this.#streamed]);
    if (this.ended.signal.aborted || session.state === "none") return;
    const data = /** @type {import("./types.js").Comparison} */ (session.data);
    if (isThere) {
      if (this.view) this.view.fill(data);
      else this.build();
      session.open();
      this.openedAt = performance.now();
      // What happens when the time is over, or a notice is new, is the panels' business.
      setTimeout(() => this.equip(), data.notice_update ? 0 : Date.parse(data.expires_at) - Date.now());
      // What is being read does not vanish; it only takes no vote.
    } else if (this.view) session.state = "closed";
    else this.host.reveal(false);
    this.update();
  }

  /** @param {string} name @param {object} detail */
  emit(name, detail) {
    const event = new CustomEvent(`pairvote:${name}`, { detail, bubbles: true, composed: true });
    if (!this.ended.signal.aborted) this.host.dispatchEvent(event);
  }

  stop() {
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

  /** Follows the host's attributes, language and own words. */
  async relabel() {
    const { host } = this;
    // An odd value is refused by the browser, and the default stands.
    const height = host.getAttribute("max-height") ?? "";
    this.space.style.setProperty("--pv-max-height", CSS.supports("height", height) ? height : "");
    const near = /** @type {HTMLElement | null} */ (host.closest("[lang]"));
    this.language = chooseLanguage(near?.lang || navigator.language);
    this.t = translator(host.messages, await loadWords(this.language));
    // What is being streamed keeps the words it began with.
    if (this.view && this.session.state !== "streaming") {
      this.build();
      this.update();
    }
  }

  /** Builds the view, anew if there was one, and fills it with what is there. */
  build() {
    if (this.ended.signal.aborted) return;
    const { section, session, language } = this;
    // Until the first tap or key what stands below does not move: the room of the skeleton is kept.
    if (!this.view) this.space.style.minBlockSize = `${this.space.offsetHeight}px`;
    this.pause();
    const view = (this.view = new View(this));
    set(section, "lang", language);
    set(section, "dir", language === "ar" ? "rtl" : "ltr");
    this.#top.replaceChildren(...view.top);
    this.#bottom.replaceChildren(...view.bottom);
    // A ticket that is quicker than the streams tells nothing before them.
    if (session.data && session.state !== "streaming") view.fill(session.data);
    this.equipment?.rebuilt();
    this.resume();
  }

  update() {
    const { view, session } = this;
    if (!view || this.ended.signal.aborted) return;
    view.update();
    this.equipment?.update();
    // Whatever is more than a vote that is open is the panels' business.
    if (session.state !== "open") this.equip();
  }

  /** Does what a button or a key stands for. @param {string} action */
  act = async (action) => {
    const { session, view } = this;
    if (view?.buttons[action]?.classList.contains("vote")) {
      session.cast({ choice: /** @type {import("./types.js").Choice} */ (action) });
    } else if (await this.equip()) this.equipment?.act(action);
    else this.fail();
  };

  /** Says that something did not work, where the panels cannot say it better. */
  fail() {
    say(this.status, this.t("part_failed"));
  }

  /** Gets everything that is not needed for a vote. @returns {Promise<boolean>} whether it is there */
  async equip() {
    try {
      const panels = await load("panels", this.root);
      if (!this.equipment) {
        addEnglish(panels.strings);
        this.root.adoptedStyleSheets.push(sheet(panels.style));
        this.equipment = panels.equip(this);
      }
      return true;
    } catch {
      return false;
    }
  }

  /** What the renderer may use. */
  get context() {
    return {
      t: this.t,
      load: (/** @type {string} */ name) => load(name, this.root),
      upload: (/** @type {string} */ id) => this.session.api.call("GET", `/uploads/${id}`, null, { as: "blob" }),
    };
  }

  /** @param {import("./types.js").Content} content @returns {Node} */
  render(content) {
    const text = () => (typeof content === "string" ? content : content.map((part) => part.text).join("\n"));
    return this.renderer?.renderContent(content, this.context) ?? h("div", { class: "plain", dir: "auto" }, text());
  }

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
