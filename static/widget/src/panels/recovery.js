// What happens when a vote does not get through, when it is taken back, and when its time is over.

/** @typedef {import("../core/stage.js").Stage} Stage */

// After these pauses (ms) a vote that did not get through is sent again; coming back online sends it at once.
const PAUSES = [1000, 2000, 4000, 8000, 15_000];
const LONGEST_TIMER = 2 ** 31 - 1;
/** @type {Record<string, import("../core/types.js").State | undefined>} */
const ENDS = {
  "vote-final": "final",
  "ticket-expired": "expired",
  "comparison-closed": "closed",
  "opted-out": "unrecorded",
};

export class Recovery {
  /** @type {number | undefined} */
  #timer;
  #wake = () => {};
  /** @type {import("../core/types.js").Vote | null} */
  #wish = null;

  /** @param {Stage} stage */
  constructor(stage) {
    this.stage = stage;
    this.session = stage.session;
    stage.ended.signal.addEventListener("abort", () => clearTimeout(this.#timer));
  }

  /** Takes the vote back. */
  undo() {
    const { session } = this;
    if (session.state !== "voted") return;
    session.vote = null;
    session.state = "open";
    session.said = "status_undone";
    session.send();
  }

  /**
   * Waits before the next try. A wish that changed meanwhile is sent at once.
   *
   * @param {import("../core/api.js").Problem} error @param {number} tries
   * @returns {Promise<boolean>} whether to try again
   */
  async goOn(error, tries) {
    if (!error.isTemporary) {
      this.#refuse(error);
      return false;
    }
    if (tries >= PAUSES.length) {
      addEventListener("online", () => this.session.send(), { once: true, signal: this.stage.ended.signal });
      return false;
    }
    await this.#pause(PAUSES[tries]);
    return true;
  }

  /** Follows the session: a change of mind ends the wait, and the time is watched. */
  update() {
    const { session, stage } = this;
    if (session.vote !== this.#wish) this.#wake();
    this.#wish = session.vote;
    clearTimeout(this.#timer);
    if (!session.isVotable) return;
    const left = (session.undoUntil || Date.parse(session.data?.expires_at ?? "")) - Date.now();
    this.#timer = setTimeout(() => {
      if (left <= LONGEST_TIMER) {
        session.state = session.vote ? "final" : "expired";
        session.said = "";
        if (!session.vote) stage.emit("expired", { id: session.id });
      }
      stage.update();
    }, Math.min(left, LONGEST_TIMER));
  }

  /** A change that the server does not take: what was recorded before stands. @param {import("../core/api.js").Problem} error */
  #refuse(error) {
    const { session } = this;
    // A mistake of ours has no detail.
    const end = ENDS[error.detail?.code];
    session.vote = session.kept = session.recorded;
    if (end === "final" || end === "expired") session.state = session.vote ? "final" : "expired";
    else session.state = end ?? (session.vote ? "voted" : "open");
    session.said = end ? "" : "status_refused";
    session.tell(error);
  }

  /** @param {number} ms */
  #pause(ms) {
    const { session, stage } = this;
    session.saving = "retrying";
    stage.update();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        removeEventListener("online", done);
        this.#wake = () => {};
        resolve(undefined);
      };
      const timer = setTimeout(done, ms);
      addEventListener("online", done);
      this.#wake = done;
    });
  }
}
