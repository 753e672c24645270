// Shows two streams in step, so that neither side's speed can be seen: both at the pace of the slower one.

import { Problem } from "./core/api.js";

// At most ten changes of the page in a second.
const TICK = 100;
// What is left when one side has ended is shown at the pace so far, but in no more steps than these (5 s).
const LONGEST_REST = 50;

const SIDES = /** @type {const} */ (["left", "right"]);

/** @typedef {import("./core/stage.js").Sources} Sources */

/**
 * Shows both streams; resolves when all is shown or one side has failed.
 *
 * @param {import("./core/stage.js").Stage} stage @param {Sources} sources
 */
export async function play(stage, sources) {
  const { session } = stage;
  const pair = new Pair(sources);
  const draw = drawer(stage, pair);
  try {
    for (;;) {
      const began = performance.now();
      if (pair.step(began)) draw();
      if (pair.isDone || stage.ended.signal.aborted) break;
      // A long text takes longer to draw: the page keeps three quarters of the time for itself.
      await pair.wait(Math.max(TICK, 4 * (performance.now() - began)));
    }
  } catch {
    pair.showAll();
    session.state = "none";
    session.said = "status_response-missing";
    session.tell(new Problem("stream-failed", 0, "A stream ended with an error"));
  }
  draw(true);
  if (session.state === "streaming") session.said = "status_waiting";
  stage.update();
}

/**
 * Draws what is to be seen. Blocks that are finished stay in the page, with what is selected or scrolled there.
 *
 * @param {import("./core/stage.js").Stage} stage @param {Pair} pair
 */
function drawer(stage, pair) {
  const view = /** @type {import("./core/view.js").View} */ (stage.view);
  const sides = SIDES.map((side) => {
    const grown = stage.renderer?.createStreamRenderer(view.sides[side].content, stage.context);
    return { side, grown, length: 0 };
  });
  return (isComplete = false) => {
    // So that the ticket's words, when they are the same, are not drawn again.
    const texts = [pair.seen("left"), pair.seen("right")];
    if (!stage.renderer) return view.show(texts[0], texts[1]);
    if (isComplete) view.shown = JSON.stringify(texts);
    for (const each of sides) {
      const text = pair.seen(each.side);
      each.grown.append(text.slice(each.length));
      each.length = text.length;
      if (isComplete) each.grown.end();
      else each.grown.draw();
    }
  };
}

class Pair {
  #text = { left: "", right: "" };
  #open = new Set(["left", "right"]);
  #seen = 0;
  #began = 0;
  #failed;

  /** @param {Sources} sources */
  constructor(sources) {
    const reads = SIDES.map((side) => this.#read(side, sources[side]));
    this.#failed = new Promise((_, reject) => Promise.all(reads).catch(reject));
    this.#failed.catch(() => {});
  }

  get isDone() {
    const { left, right } = this.#text;
    return this.#open.size === 0 && this.#seen >= Math.max(left.length, right.length);
  }

  /** What may be seen of a side now; never half a character. @param {import("./core/types.js").Side} side */
  seen(side) {
    const text = this.#text[side];
    const code = text.charCodeAt(this.#seen - 1);
    return text.slice(0, code >= 0xd800 && code < 0xdc00 ? this.#seen - 1 : this.#seen);
  }

  showAll() {
    this.#seen = Infinity;
  }

  /** Resolves after some time; rejects when a stream fails. @param {number} ms */
  wait(ms) {
    return Promise.race([this.#failed, new Promise((resolve) => setTimeout(resolve, ms))]);
  }

  /** Goes on as far as both sides are. @param {number} now @returns {boolean} whether there is more to see */
  step(now) {
    const before = this.#seen;
    this.#seen = Math.max(before, this.#next(now));
    if (this.#seen > before) this.#began ||= now;
    return this.#seen > before;
  }

  /** @param {number} now */
  #next(now) {
    const lengths = [this.#text.left.length, this.#text.right.length];
    const shortest = Math.min(...lengths);
    const longest = Math.max(...lengths);
    const ends = SIDES.map((side) => (this.#open.has(side) ? this.#text[side].length : Infinity));
    if (Math.min(...ends, shortest) > this.#seen) return Math.min(...ends, shortest);
    // One side has ended. What waited on the other for its turn does not come in one burst: that would show its speed.
    const pace = this.#began ? (this.#seen / (now - this.#began)) * TICK : 1;
    return Math.min(...ends, longest, Math.ceil(this.#seen + Math.max(pace, (longest - shortest) / LONGEST_REST, 1)));
  }

  /** @param {import("./core/types.js").Side} side @param {AsyncIterable<string>} stream */
  async #read(side, stream) {
    for await (const delta of stream) this.#text[side] += delta;
    this.#open.delete(side);
  }
}
