// Opens and closes panels, and shows what comes after an answer.

import { load } from "../parts.js";
import { say, set } from "../core/dom.js";
import { afterSkip, afterVote } from "./after.js";
import { askPanel } from "./ask.js";
import { helpPanel } from "./help.js";
import { listenToKeys } from "./keys.js";
import { noticePanel } from "./notice.js";
import { Recovery } from "./recovery.js";
import { reportPanel } from "./report.js";
import { skip, withdrawAll } from "./leaving.js";
import { Tools } from "./tools.js";
import { updateCard } from "./update.js";
import { withdrawCard } from "./withdraw.js";

/** @typedef {import("../core/stage.js").Stage} Stage */
/** @typedef {{node: HTMLElement, update: () => void}} Extra */

const SIDES = /** @type {const} */ (["left", "right"]);
/** @type {Record<string, (stage: Stage, close: () => void) => HTMLElement>} */
const PANELS = { opt_out: askPanel, report: reportPanel, notice: noticePanel, help: helpPanel };

/** A moment in the reader's words: the time, and the day unless it is today. @param {number} at @param {string} language */
function moment(at, language) {
  const isToday = new Date(at).toDateString() === new Date().toDateString();
  return new Intl.DateTimeFormat(language, { timeStyle: "short", dateStyle: isToday ? undefined : "medium" }).format(at);
}

export class Equipment {
  /** The panel that is open. */
  #opened = "";
  #kind = "";
  /** @type {Extra | null} */
  #extra = null;
  /** What is told of new documents. @type {HTMLElement | null} */
  #news = null;
  /** How many votes and ratings an opt-out has left that can be taken back. */
  #withdrawable = 0;
  /** What offers to. @type {HTMLElement | null} */
  #offer = null;

  /** @param {Stage} stage */
  constructor(stage) {
    this.stage = stage;
    this.recovery = new Recovery(stage);
    if (stage.view) {
      this.rebuilt();
      this.update();
    }
    // Where somebody acts, what stands below may move: the room of the skeleton is given back. Not before the click is
    // done: a button that moved away under the pointer would not be clicked.
    for (const name of ["click", "keydown"]) {
      stage.space.addEventListener(name, () => stage.space.style.removeProperty("min-block-size"), { once: true });
    }
    listenToKeys(stage, (action) => this.act(action));
  }

  get view() {
    return /** @type {import("../core/view.js").View} */ (this.stage.view);
  }

  /** The view is a new one. */
  rebuilt() {
    this.#opened = this.#kind = "";
    this.#news = this.#offer = null;
    this.tools = new Tools(this.stage);
    this.#addButtons();
    for (const name of Object.keys(PANELS)) {
      set(this.view.buttons[name], "aria-expanded", "false");
      set(this.view.buttons[name], "aria-controls", "panel");
    }
  }

  /** Does what a button or key stands for. @param {string} action @returns {boolean} whether there was anything to do */
  act(action) {
    const { stage, view } = this;
    if (action === "escape") return this.close();
    if (action in PANELS) this.#toggle(action);
    else if (action === "skip") return skip(stage);
    else if (!this.tools?.act(action)) {
      const button = view.buttons[action];
      if (!button.checkVisibility() || button.ariaDisabled) return false;
      if (action === "undo") {
        // The button goes away: whoever used it is left at the choice that was taken back.
        const chosen = view.buttons[stage.session.vote?.choice ?? "left"];
        if (stage.root.activeElement === button) chosen.focus({ preventScroll: true });
        this.recovery.undo();
      } else stage.act(action);
    }
    return true;
  }

  /** Shows two streams; resolves when all is shown. @param {import("../core/stage.js").Sources} sources */
  async play(sources) {
    const { stage } = this;
    try {
      const part = await load("streams", stage.root);
      await part.play(stage, sources);
    } catch (error) {
      // Without the part nothing can be shown.
      stage.host.reveal(false);
      stage.session.tell(error);
    }
  }

  /** Buttons that are only of use after the first touch. */
  #addButtons() {
    const { view, stage } = this;
    const undo = view.button("undo", "undo", { keys: "U" });
    const help = view.button("help", "shortcuts", { keys: "?", "aria-label": stage.t("shortcuts") });
    help.textContent = "?";
    help.hidden = stage.host.hasAttribute("no-shortcuts");
    view.buttons.skip.after(undo);
    view.quiet.append(help);
    for (const side of SIDES) {
      if (navigator.clipboard) view.sides[side].label.append(view.button(`copy_${side}`, "copy", { class: "link copy" }));
    }
  }

  /** Whether to try again with a vote that did not get through. @param {any} error @param {number} tries */
  goOn(error, tries) {
    return this.recovery.goOn(error, tries);
  }

  update() {
    const { session } = this.stage;
    const { state, vote } = session;
    const focused = this.stage.root.activeElement;
    this.recovery.update();
    this.#tellNews(session);
    this.#showOffer();
    this.#say(session);
    if (this.#opened === "opt_out" && !session.isVotable) this.close();
    // Whoever opted out is not asked why: the server keeps nothing of it.
    const hasLeft = /^(ask_done_never|share_done_off|withdraw_done)$/.test(session.said);
    const kind = state === "skipped" ? (hasLeft ? "" : state) : vote && (state === "voted" || state === "final") ? "voted" : "";
    if (kind !== this.#kind) {
      this.#kind = kind;
      this.#extra = kind === "voted" ? afterVote(this.stage) : kind ? afterSkip(this.stage) : null;
      // The focus is taken along before its place goes away; a focus that comes from nowhere would seem to come in.
      if (this.view.after.contains(focused)) this.stage.section.focus({ preventScroll: true });
      this.view.after.replaceChildren(...(this.#extra ? [this.#extra.node] : []));
    }
    this.#extra?.update();
    // A button that goes away must not take the focus out of the element.
    if (focused && !focused.checkVisibility()) this.stage.section.focus({ preventScroll: true });
  }

  /** Below the votes, which do not move. It stays until it is answered. @param {import("../core/session.js").Session} session */
  #tellNews({ data, isVotable }) {
    const news = data?.notice_update;
    if (news?.updated && isVotable && !this.#news) this.view.after.before((this.#news = updateCard(this.stage, news)));
    const choice = this.#news?.querySelector("[role=group]");
    if (choice && !news?.requires_choice) choice.remove();
    if (this.#news) this.#news.hidden = !isVotable;
  }

  /** Offers, with the next update, to take back what was given earlier, if there is any. @param {number} [count] */
  offer(count = 0) {
    if (!count && this.#offer) {
      if (this.#offer.contains(this.stage.root.activeElement)) this.stage.section.focus({ preventScroll: true });
      this.#offer.remove();
      this.#offer = null;
    }
    this.#withdrawable = count;
  }

  #showOffer() {
    if (this.#withdrawable && !this.#offer) {
      const { t, language } = this.stage;
      const take = async () => {
        if (!(await withdrawAll(this.stage))) return "ask_failed";
        this.offer(0);
        return "";
      };
      this.view.after.before((this.#offer = withdrawCard({ count: this.#withdrawable, language, t, take })));
    }
  }

  /** Says how it stands, with times. @param {import("../core/session.js").Session} session */
  #say(session) {
    const { state, saving, said, isVotable, undoUntil, revealed, vote } = session;
    const { t, status, language } = this.stage;
    const { view } = this;
    const { buttons, sides } = view;
    const isStreaming = state === "streaming";
    for (const button of view.actions.children) {
      set(button, "data-saving", button.ariaPressed === "true" && saving);
      set(button, "aria-describedby", !isVotable && "status");
    }
    view.actions.hidden = !isVotable && !isStreaming && state !== "final";
    buttons.skip.hidden = state !== "open" && !isStreaming;
    buttons.undo.hidden = state !== "voted";
    buttons.opt_out.hidden = !isVotable;
    buttons.report.hidden = buttons.notice.hidden = !session.data;
    const time = undoUntil ? moment(undoUntil, language) : "";
    say(buttons.undo, t(time ? "undo_until" : "undo", { time }));
    for (const side of SIDES) say(sides[side].model, revealed?.[side] ?? "");
    let words = said || (state === "open" ? "" : `status_${state}`);
    if (state === "voted" && !said) words = "status_saved";
    if (isVotable && saving !== "saved" && (vote || saving !== "saving")) words = `status_${saving}`;
    // What has been offered below is told with the opt-out that it comes of.
    const more = this.#offer && /^(ask|share)_done_/.test(words) ? ` ${t("withdraw_below")}` : "";
    if (words) say(status, t(words, { time }) + more);
    else if (this.#news && !this.#news.hidden) {
      const hint = t(`hint_${this.stage.host.getAttribute("continues")}`) || t("hint");
      say(status, `${hint} ${t("update_title")}`);
    }
  }

  /** Closes what is open. */
  close = () => {
    const name = this.#opened;
    if (!name) return false;
    const { stage, view } = this;
    const { panel, buttons } = view;
    const hadFocus = panel.contains(stage.root.activeElement);
    this.#opened = "";
    if (hadFocus) (buttons[name].checkVisibility() ? buttons[name] : stage.section).focus({ preventScroll: true });
    panel.hidden = true;
    panel.replaceChildren();
    set(buttons[name], "aria-expanded", "false");
    return true;
  };

  /** @param {string} name */
  #toggle(name) {
    const isOpen = this.#opened === name;
    this.close();
    if (isOpen) return;
    const { panel, buttons } = this.view;
    this.#opened = name;
    panel.replaceChildren(PANELS[name](this.stage, this.close));
    panel.hidden = false;
    set(buttons[name], "aria-expanded", "true");
    // What has fields is gone to; what is only read opens where it stands.
    if (name !== "notice") /** @type {HTMLElement | null} */ (panel.querySelector("[tabindex='-1']"))?.focus();
    panel.scrollIntoView({ block: "nearest" });
  }
}
