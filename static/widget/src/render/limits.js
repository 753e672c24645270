// How much of an untrusted answer is worked on. Beyond a limit it is shown as plain text: nothing is ever left out.
// Counts come first, so that both sides are treated alike on any machine; the time is the last resort.

/** Characters of one response that are read as Markdown. */
export const MOST_CHARACTERS = 200_000;
/** Characters of one paragraph, heading or cell. */
export const MOST_INLINE = 20_000;
/** Cells of one table. */
export const MOST_CELLS = 3_000;
/** What the parser may find: an element has up to three tokens. */
export const MOST_TOKENS = 20_000;
/** Blocks within blocks: quotes, lists. A list counts twice (list and item). */
export const DEEPEST_BLOCKS = 32;
/** Brackets within brackets. */
export const DEEPEST_INLINE = 24;
/** Elements within elements, whatever the parser found: a browser lays out by recursion. */
export const DEEPEST_ELEMENTS = 48;
/** Attempts of the parser on one response: about one per mark, word boundary and line. */
export const MOST_STEPS = 300_000;
/** Elements made for one response. */
export const MOST_ELEMENTS = 5_000;
export const MOST_LINKS = 500;
export const MOST_IMAGES = 60;
export const MOST_FORMULAS = 400;
/** Milliseconds for reading one response. */
export const LONGEST_PARSE = 250;
/** Characters of code that are coloured. */
export const MOST_CODE = 50_000;
/** Characters of one formula. */
export const MOST_FORMULA = 10_000;
/** Pixels of a picture that came with the response: a small file can claim to be huge. */
export const MOST_PIXELS = 24_000_000;

/** Characters of a block from which on the browser may leave it out of the layout while it is out of sight. */
export const LONG_BLOCK = 3_000;

/** What reading one response has cost, and until when it may take. @typedef {{steps: number, until: number}} Effort */

/** Counts what the parser tries, and stops it. @param {Effort} effort */
export function spend(effort) {
  effort.steps += 1;
  if (effort.steps > MOST_STEPS || (effort.steps % 256 === 0 && performance.now() > effort.until)) throw new TooMuch();
}

/** Says that a limit is reached; who catches it shows plain text. */
export class TooMuch extends Error {}
