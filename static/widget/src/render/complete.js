// While an answer grows: closes what is half open, so that "**bo" is bold at once and a half link does not flicker.

const ITEM = /^(?:[ >]*(?:[-*+]|\d{1,9}[.)])[ \t]+|[ >]*#{1,6}[ \t]+|[ >]+)/;
// A last line of which nobody can say yet what it is: a list, an underline, a fence, a rule, a heading.
const UNDECIDED = /(?:^|\n)[ >]*(?:[-*+_=]+|[-*_] [-*_ ]*|\d{1,9}[.)]?|#{1,6}|`{1,2}|~{1,2})[ \t]*$/;
const FENCE = /^[ >]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(`{3,}|~{3,})(.*)$/;

/** @param {string} source of the open block @returns {string} the same, with what is half open closed or held back */
export function complete(source) {
  if (isInFence(source)) return source.replace(/\n[ >]*(?:`{1,2}|~{1,2})$/, "");
  const decided = source.replace(UNDECIDED, "");
  const start = lastStretch(decided);
  return decided.slice(0, start) + closed(decided.slice(start));
}

/** @param {string} source */
function isInFence(source) {
  let open = "";
  for (const line of source.split("\n")) {
    const [, mark, rest] = FENCE.exec(line) ?? [];
    if (!mark) continue;
    if (open === "") open = mark[0] === "`" && rest.includes("`") ? "" : mark;
    else if (mark[0] === open[0] && mark.length >= open.length && rest.trim() === "") open = "";
  }
  return open !== "";
}

/** Where the last stretch of text begins to which emphasis can belong: after a blank line, a list's mark, a cell.
 * @param {string} source */
function lastStretch(source) {
  for (let end = source.length; end >= 0; ) {
    const start = source.lastIndexOf("\n", end - 1) + 1;
    const line = source.slice(start, end);
    if (/^[ \t>]*$/.test(line) && end < source.length) return end + 1;
    const mark = ITEM.exec(line.slice(0, 40))?.[0] ?? "";
    const cell = line[0] === "|" ? line.lastIndexOf("|") + 1 : 0;
    if (mark || cell || start === 0) return start + (mark.length || cell);
    end = start - 1;
  }
  return 0;
}

/** @param {string} text @returns {string} */
function closed(text) {
  /** @type {string[]} */
  const open = [];
  const cut = text.replace(/(?:[*_~]+|!?\[|!)$/, "");
  for (let at = 0; at < cut.length; ) {
    const mark = /^(?:\\.|`+|[*_]+|~~|!?\[)/su.exec(cut.slice(at, at + 80))?.[0] ?? cut[at];
    const after = at + mark.length;
    if (mark[0] === "`") {
      const end = cut.indexOf(mark, after);
      if (end < 0) return close(after < cut.length ? cut + mark : cut.slice(0, at), open);
      at = end + mark.length;
    } else if (mark.endsWith("[")) {
      const end = linkEnd(cut, after);
      if (end === -1) return close(cut.slice(0, at) + halfLink(mark, cut.slice(after)), open);
      at = after;
    } else {
      if (/^[*_~]/.test(mark)) emphasis(mark, cut[at - 1] ?? " ", cut[after] ?? " ", open);
      at = after;
    }
  }
  return close(cut, open);
}

/** Opens or closes emphasis. @param {string} mark @param {string} before @param {string} after @param {string[]} open */
function emphasis(mark, before, after, open) {
  const word = /[\p{L}\p{N}]/u;
  const inWord = mark[0] === "_" && word.test(before) && word.test(after);
  if (inWord) return;
  if (!/\s/.test(before) && open.at(-1)?.[0] === mark[0]) {
    const left = (open.pop()?.length ?? 0) - mark.length;
    if (left > 0) open.push(mark[0].repeat(left));
  } else if (!/\s/.test(after) && mark.length <= 3) open.push(mark);
}

/** @param {string} text @param {string[]} open */
function close(text, open) {
  return open.length > 0 ? text.trimEnd() + open.reverse().join("") : text;
}

/** Where a link or its words end; -1 where it is half open, -2 where it is no link.
 * @param {string} text @param {number} from */
function linkEnd(text, from) {
  const end = text.indexOf("]", from);
  if (end < 0) return text.length - from > 300 || text.indexOf("\n\n", from) >= 0 ? -2 : -1;
  if (end === text.length - 1) return -1;
  if (text[end + 1] !== "(") return -2;
  return text.indexOf(")", end) < 0 ? -1 : end;
}

/** The words of a half link, without its address; nothing of a half picture. @param {string} mark @param {string} rest */
function halfLink(mark, rest) {
  return mark === "![" ? "" : rest.replace(/\](?:\(.*)?$/su, "");
}
