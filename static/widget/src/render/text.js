// Text that hides nothing: characters nobody sees, or that turn the reading order round, are named where they stand.
// They can make code read other than it runs, hide instructions, or make a link look like another.

// Left alone although invisible: soft hyphen, zero-width space, non-joiner and joiner (Thai, Persian, emoji need them).
const SHOWN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u180e\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e00ff}]+|[\u{e0100}-\u{e01ef}]{2,}|[\ud800-\udfff]+|(?<=\p{M}{8})\p{M}+/gu;
// Flags of England, Scotland and Wales are a black flag and tag characters.
const FLAG = /\u{1f3f4}[\u{e0061}-\u{e007a}\u{e0030}-\u{e0039}]{3,7}\u{e007f}/gu;
const SUSPECT = /[^\t\n -~\u00a0-\u02ff\u0370-\u0482\u2010-\u2027\u4e00-\u9fff]/;

/** @param {string} text @returns {string} the text as it is shown */
export function shown(text) {
  if (!SUSPECT.test(text)) return text;
  const flags = text.match(FLAG);
  if (!flags) return text.replace(SHOWN, named);
  return text
    .split(FLAG)
    .map((piece, index) => piece.replace(SHOWN, named) + (flags[index] ?? ""))
    .join("");
}

/** @param {string} text @returns {string} the text for a clipboard: without what nobody saw */
export function withoutHidden(text) {
  return text.replace(SHOWN, "");
}

/** A long run is one name with a count, so that hidden text does not become a wall of names. @param {string} run */
function named(run) {
  const names = [...run].map((character) => {
    const code = character.codePointAt(0) ?? 0;
    return `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  });
  return names.length < 4 ? names.map((name) => `⟦${name}⟧`).join("") : `⟦${names[0]} …×${names.length}⟧`;
}

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const LETTER = /\p{L}/u;

/** The direction of the first letter, as dir=auto has it; for boxes whose children have a direction of their own.
 * @param {string} text @returns {"ltr" | "rtl" | ""} */
export function directionOf(text) {
  const letter = LETTER.exec(text)?.[0];
  if (letter === undefined) return "";
  return RIGHT_TO_LEFT.test(letter) ? "rtl" : "ltr";
}
