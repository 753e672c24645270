// One comparison from its ticket to its vote: what the person wants, what the server has, what the host is told.

import { Problem } from "./api.js";

/** @typedef {import("./types.js").Vote} Vote */

/** @param {string | null} name @returns {import("./types.js").Side | null} */
function sideOf(name) {
  return name === "left" || name === "right" ? name : null;
}

export class Session {
  /** @type {import("./types.js").State} */
  state = "loading";
  /** @type {import("./types.js").Comparison | null} */
  data = null;
  /** @type {Vote | null} what the person wants now */
  vote = null;
  /** @type {Vote | null | undefined} what the server has; undefined while that is not known */
  kept = null;
  /** @type {Vote | null} what was surely recorded last */
  recorded = null;
  /** @type {import("./types.js").Saving} */
  saving = "saved";
  /** When the vote becomes final (ms); 0 without a vote. */
  undoUntil = 0;
  receipt = "";
  /** @type {{left: string, right: string} | null} */
  revealed = null;
  /** The key of words that say more than the state does. */
  said = "";
  /** @type {import("./api.js").Api} there as soon as there is a ticket; nothing is asked of it before */
  api = /** @type {any} */ (null);
  #isSending = false;

  /** @param {import("./stage.js").Stage} stage */
  constructor(stage) {
    this.stage = stage;
  }

  get id() {
    return this.data?.id ?? null;
  }

  get isVotable() {
    return this.state === "open" || this.state === "voted";
  }

  /** Gets the comparison. @param {number} timeout @param {AbortSignal} signal @returns {Promise<boolean>} whether there is one */
  async load(timeout, signal) {
    try {
      /** @type {import("./types.js").Comparison} */
      const data = await this.api.call("GET", "", null, { timeout, signal });
      this.data = data;
      if (data.left && data.right) return true;
      throw new Problem("comparison-closed", 409, data.state);
    } catch (error) {
      if (!signal.aborted) this.tell(error);
      return false;
    }
  }

  /** Opens the vote, unless there is nothing to compare. */
  open() {
    const { id, vote, receipt = "", undo_until, left, right } = /** @type {import("./types.js").Comparison} */ (this.data);
    const [one, other] = [left, right].map((side) => JSON.stringify(side?.content).replace(/\\n|\s/g, ""));
    const silence = one === '""' || other === '""' ? "response-missing" : one === other && "identical-responses";
    this.state = silence ? "none" : vote ? "voted" : "open";
    this.said = silence ? `status_${silence}` : "";
    if (vote) {
      this.vote = this.kept = this.recorded = vote;
      this.undoUntil = Date.parse(undo_until ?? "");
      this.receipt = receipt;
    }
    this.stage.emit("ready", { id });
    if (silence) this.tell(new Problem(silence, 0, silence));
  }

  /** Votes, changes the vote, or adds to it. A choice that stands and is saved stays as it is. @param {Partial<Vote>} part */
  cast(part) {
    const before = this.vote?.choice;
    const choice = part.choice ?? before;
    if (!this.isVotable || !choice || (part.choice === before && this.saving !== "unsaved")) return;
    // How much better was said of the other side.
    this.vote = { ...this.vote, ...(choice !== before && { strength: null }), ...part, choice };
    this.state = "voted";
    this.said = "";
    this.send();
  }

  /** Brings the server to what the person wants: one call at a time, and the latest wish wins. */
  async send() {
    this.stage.update();
    if (this.#isSending) return;
    this.#isSending = true;
    for (let tries = 0; this.vote !== this.kept; tries++) {
      this.saving = tries ? "retrying" : "saving";
      this.stage.update();
      try {
        await this.#save(this.vote, !tries);
        tries = -1;
      } catch (error) {
        // Whether to try again, when, and what a refusal means, is not in the core: most votes get through.
        if (!((await this.stage.equip()) && (await this.stage.equipment?.goOn(error, tries)))) break;
      }
    }
    this.#isSending = false;
    this.saving = this.vote === this.kept ? "saved" : "unsaved";
    this.stage.update();
    if (this.saving === "unsaved" && !this.stage.equipment) this.stage.fail();
  }

  /** Tells the host of something that went wrong. @param {any} error */
  tell(error) {
    // A problem may be made in a part, which has a class of its own for it.
    const { detail } = error.detail ? error : new Problem("internal-error", 0, `${error}`);
    if (detail.code === "ticket-expired") this.stage.emit("expired", { id: this.id });
    else this.stage.emit("error", detail);
  }

  /** @param {Vote | null} wish @param {boolean} keepalive */
  async #save(wish, keepalive) {
    const { recorded, id } = this;
    const { host, shown } = this.stage;
    // A call whose answer is lost may have done its work.
    this.kept = undefined;
    const body = wish && { ...wish, shown_ms: Math.round(shown.ms) };
    const answer = await this.api.call(wish ? "PUT" : "DELETE", "/vote", body, { keepalive });
    const { receipt = "", undo_until: undoUntil, revealed = null } = answer;
    this.kept = this.recorded = wish;
    this.receipt = receipt;
    this.undoUntil = wish ? Date.parse(undoUntil) : 0;
    this.revealed ??= revealed;
    if (!wish) return this.stage.emit("undo", { id });
    const { choice } = wish;
    if (choice === recorded?.choice) return;
    const [side, other] = [choice, host.getAttribute("continues")].map(sideOf);
    const content = this.data?.[/** @type {import("./types.js").Side} */ (side ?? other)]?.content ?? null;
    this.stage.emit("vote", { id, choice, side, content, receipt, undoUntil, revealed, changed: !!recorded });
  }
}
