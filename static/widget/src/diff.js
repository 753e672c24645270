// Where two answers differ, word by word. Marks stand in the rendered text, in one neutral colour.

/** @typedef {{text: string, changed: boolean}} Segment */
/** @typedef {{left: Segment[], right: Segment[], tooDifferent: boolean}} Difference */

const WORDS = /\s+|[\p{L}\p{N}\p{M}_'’]+|[^]/gu;
// Languages without spaces between words are compared sign by sign.
const SIGNS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;
const MOST_WORDS = 40_000;
/** How many insertions and deletions are looked for: the work grows with its square. */
const MOST_CHANGES = 2_000;
/** With less than this share in common, marks would cover nearly everything and say nothing. */
const LEAST_COMMON = 0.25;
const LEFT_ALONE = "button, .c-bar, .c-note, .c-formula, .c-kind, [role=img]";

/** @param {string} left @param {string} right @returns {Difference} */
export function diffWords(left, right) {
  const words = [wordsOf(left), wordsOf(right)];
  const changed = changesOf(words[0], words[1]);
  if (!changed) return { left: [plain(left)], right: [plain(right)], tooDifferent: true };
  return { left: segments(words[0], changed[0]), right: segments(words[1], changed[1]), tooDifferent: false };
}

/** Marks what differs in two rendered answers. False where they are too different for marks to help; nothing is marked.
 * @param {ParentNode & Node} leftRoot @param {ParentNode & Node} rightRoot @returns {boolean} */
export function markDifferences(leftRoot, rightRoot) {
  clearDifferences(leftRoot);
  clearDifferences(rightRoot);
  const texts = [textNodes(leftRoot), textNodes(rightRoot)];
  // A space between blocks, so that the last word of one and the first of the next stay two.
  const found = diffWords(joined(texts[0]), joined(texts[1]));
  if (found.tooDifferent) return false;
  mark(texts[0], found.left);
  mark(texts[1], found.right);
  return true;
}

/** @param {ParentNode & Node} root */
export function clearDifferences(root) {
  const parents = new Set();
  for (const made of root.querySelectorAll("mark.c-difference")) {
    parents.add(made.parentNode);
    made.replaceWith(...made.childNodes);
  }
  for (const parent of parents) parent.normalize();
}

/** @param {string} text @returns {string[]} */
function wordsOf(text) {
  const words = text.match(WORDS) ?? [];
  return words.flatMap((word) => (SIGNS.test(word) ? [...word] : [word]));
}

/** @param {string} text @returns {Segment} */
function plain(text) {
  return { text, changed: false };
}

/** @param {string[]} words @param {Uint8Array} changed @returns {Segment[]} */
function segments(words, changed) {
  /** @type {Segment[]} */
  const made = [];
  words.forEach((text, index) => {
    // A space between two changed words is marked with them.
    const is = Boolean(changed[index]) || (/^\s/.test(text) && Boolean(changed[index - 1] && changed[index + 1]));
    const last = made.at(-1);
    if (last?.changed === is) last.text += text;
    else made.push({ text, changed: is });
  });
  return made;
}

/** Which words have no partner, or null where the texts are too different.
 * @param {string[]} left @param {string[]} right @returns {[Uint8Array, Uint8Array] | null} */
function changesOf(left, right) {
  if (left.length + right.length > MOST_WORDS) return null;
  const numbers = new Map();
  const [one, other] = [left, right].map((words) => Int32Array.from(words, (word) => numberOf(word, numbers)));
  let start = 0;
  while (start < one.length && start < other.length && one[start] === other[start]) start += 1;
  let end = 0;
  const shorter = Math.min(one.length, other.length) - start;
  while (end < shorter && one[one.length - 1 - end] === other[other.length - 1 - end]) end += 1;
  /** @type {[Uint8Array, Uint8Array]} */
  const changed = [new Uint8Array(one.length), new Uint8Array(other.length)];
  const inner = [one.subarray(start, one.length - end), other.subarray(start, other.length - end)];
  if (!myers(inner[0], inner[1], changed[0].subarray(start), changed[1].subarray(start))) return null;
  return inCommon(left, changed[0]) + inCommon(right, changed[1]) < LEAST_COMMON * 2 ? null : changed;
}

/** @param {string} word @param {Map<string, number>} numbers */
function numberOf(word, numbers) {
  const known = numbers.get(word);
  if (known !== undefined) return known;
  numbers.set(word, numbers.size);
  return numbers.size - 1;
}

/** The share of a text, by its words, that stands in the other too. @param {string[]} words @param {Uint8Array} changed */
function inCommon(words, changed) {
  let same = 0;
  let all = 0;
  words.forEach((word, index) => {
    if (/^[\s\p{P}]/u.test(word)) return;
    all += 1;
    if (!changed[index]) same += 1;
  });
  return all === 0 ? 1 : same / all;
}

/** Myers' greedy algorithm (An O(ND) Difference Algorithm, 1986): the furthest point on each diagonal for 0, 1, 2 …
 * changes, then back along the points kept. Marks the words without partner; false where there are too many.
 * @param {Int32Array} one @param {Int32Array} other @param {Uint8Array} removed @param {Uint8Array} added */
function myers(one, other, removed, added) {
  const most = Math.min(one.length + other.length, MOST_CHANGES);
  const furthest = new Int32Array(2 * most + 3);
  const middle = most + 1;
  /** @type {Int32Array[]} */
  const kept = [];
  for (let changes = 0; changes <= most; changes += 1) {
    for (let diagonal = -changes; diagonal <= changes; diagonal += 2) {
      const down = goesDown(furthest, middle, diagonal, changes);
      let x = down ? furthest[middle + diagonal + 1] : furthest[middle + diagonal - 1] + 1;
      let y = x - diagonal;
      while (x < one.length && y < other.length && one[x] === other[y]) {
        x += 1;
        y += 1;
      }
      furthest[middle + diagonal] = x;
      if (x < one.length || y < other.length) continue;
      goBack(kept, one.length, other.length, removed, added);
      return true;
    }
    kept.push(furthest.slice(middle - changes, middle + changes + 1));
  }
  return false;
}

/** @param {Int32Array} furthest @param {number} middle @param {number} diagonal @param {number} changes */
function goesDown(furthest, middle, diagonal, changes) {
  if (diagonal === -changes) return true;
  return diagonal !== changes && furthest[middle + diagonal - 1] < furthest[middle + diagonal + 1];
}

/** @param {Int32Array[]} kept @param {number} x @param {number} y @param {Uint8Array} removed @param {Uint8Array} added */
function goBack(kept, x, y, removed, added) {
  for (let changes = kept.length; changes > 0; changes -= 1) {
    const row = kept[changes - 1];
    const diagonal = x - y;
    const at = (/** @type {number} */ of) => row[of + changes - 1] ?? -1;
    const down = diagonal === -changes || (diagonal !== changes && at(diagonal - 1) < at(diagonal + 1));
    x = down ? at(diagonal + 1) : at(diagonal - 1);
    y = x - diagonal + (down ? -1 : 1);
    if (down) added[y] = 1;
    else removed[x] = 1;
  }
}

/** @param {Node} root @returns {Text[]} */
function textNodes(root) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const text = /** @type {Text} */ (walker.currentNode);
    if (!text.parentElement?.closest(LEFT_ALONE)) found.push(text);
  }
  return found;
}

/** @param {Text[]} texts */
function joined(texts) {
  return texts.map((text) => `${text.data} `).join("");
}

/** Wraps changed stretches. The mark is bare for a screen reader, which would announce each of them.
 * @param {Text[]} texts @param {Segment[]} found */
function mark(texts, found) {
  let segment = 0;
  let used = 0;
  for (const text of texts) {
    let rest = text;
    for (let left = text.data.length + 1; left > 0; ) {
      const { text: words, changed } = found[segment];
      const length = Math.min(words.length - used, left);
      const inText = Math.min(length, rest.data.length);
      const after = inText < rest.data.length ? rest.splitText(inText) : rest;
      if (changed && inText > 0 && rest.data.trim() !== "") wrap(rest);
      rest = after;
      left -= length;
      used += length;
      if (used === words.length) [segment, used] = [segment + 1, 0];
    }
  }
}

/** @param {Text} text */
function wrap(text) {
  const made = document.createElement("mark");
  made.className = "c-difference";
  made.setAttribute("role", "presentation");
  text.replaceWith(made);
  made.append(text);
}
