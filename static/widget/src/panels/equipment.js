// Opens and closes panels, and shows what comes after an answer.

import { say, set } from "../core/dom.js";
import { afterSkip, afterVote } from "./after.js";
import { askPanel } from "./ask.js";
import { helpPanel } from "./help.js";
import { listenToKeys } from "./keys.js";
import { noticePanel } from "./notice.js";
import { Recovery } from "./recovery.js";
import { reportPanel } from "./report.js";
import { skip } from "./leaving.js";
import { Tools } from "./tools.js";

/** @typedef {import("../core/stage.js").Stage} Stage */
/** @typedef {{node: HTMLElement, update: () => void}} Extra */

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

  /** @param {Stage} stage */
  constructor(stage) {
    this.stage = stage;
    this.recovery = new Recovery(stage);
    this.rebuilt();
    listenToKeys(stage, (action) => this.act(action));
  }

  get view() {
    return /** @type {import("../core/view.js").View} */ (this.stage.view);
  }

  /** The view is a new one. */
  rebuilt() {
    this.#opened = this.#kind = "";
    this.tools = new Tools(this.stage);
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

  /** Whether to try again with a vote that did not get through. @param {unknown} error @param {number} tries */
  goOn(error, tries) {
    return this.recovery.goOn(error, tries);
  }

  update() {
    const { session } = this.stage;
    const { state, vote } = session;
    this.recovery.update();
    this.#say(session);
    if (this.#opened === "opt_out" && !session.isVotable) this.close();
    const kind = state === "skipped" ? state : vote && (state === "voted" || state === "final") ? "voted" : "";
    if (kind !== this.#kind) {
      this.#kind = kind;
      this.#extra = kind === "voted" ? afterVote(this.stage) : kind ? afterSkip(this.stage) : null;
      this.view.after.replaceChildren(...(this.#extra ? [this.#extra.node] : []));
    }
    this.#extra?.update();
  }

  /** Says how it stands, with times. @param {import("../core/session.js").Session} session */
  #say({ state, saving, said, isVotable, undoUntil, revealed, vote }) {
    const { t, status, language } = this.stage;
    const { buttons, sides } = this.view;
    const time = undoUntil ? moment(undoUntil, language) : "";
    say(buttons.undo, t(time ? "undo_until" : "undo", { time }));
    for (const side of /** @type {const} */ (["left", "right"])) say(sides[side].model, revealed?.[side] ?? "");
    let words = said || (state === "open" || state === "streaming" ? "" : `status_${state}`);
    if (state === "voted" && !said) words = "status_saved";
    if (isVotable && saving !== "saved" && (vote || saving !== "saving")) words = `status_${saving}`;
    if (words) say(status, t(words, { time }));
  }

  /** Closes what is open. */
  close = () => {
    const name = this.#opened;
    if (!name) return false;
    const { stage, view } = this;
    const { panel, buttons } = view;
    const hadFocus = panel.contains(stage.root.activeElement);
    this.#opened = "";
    panel.hidden = true;
    panel.replaceChildren();
    set(buttons[name], "aria-expanded", "false");
    if (hadFocus) (buttons[name].checkVisibility() ? buttons[name] : stage.section).focus({ preventScroll: true });
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
