// Which addresses in an answer may become links or pictures, and the host they really lead to.

const LINKS = ["http:", "https:", "mailto:"];
const PICTURE_DATA = /^data:image\/(?:png|jpeg|gif|webp);base64,[a-z0-9+/]+=*$/i;
const LONGEST = 4_000;

/** A whole address of a web page or a mailbox, or null: no relative address (it would lead into the host's own pages),
 * no other scheme. The scheme is read by the same parser that would follow it.
 * @param {string} address @returns {URL | null} */
export function linkTarget(address) {
  const url = wholeAddress(address);
  if (!url || !LINKS.includes(url.protocol)) return null;
  // "https://bank.example@evil.example" shows one host and leads to another.
  if (url.protocol !== "mailto:") url.username = url.password = "";
  return url;
}

/** @param {string} address @returns {URL | null} a picture elsewhere, which is loaded after a click */
export function pictureTarget(address) {
  const url = linkTarget(address);
  return url && url.protocol !== "mailto:" ? url : null;
}

/** @param {string} address @returns {boolean} whether it is a picture that came with the response */
export function isPictureData(address) {
  return PICTURE_DATA.test(address);
}

/** What is shown as the place a link leads to. The host is in punycode, so look-alike letters are plain.
 * @param {URL} url */
export function hostOf(url) {
  return url.protocol === "mailto:" ? url.pathname.slice(0, 200) : url.host;
}

const NAMED_HOST = /(?:^|[\s/@(<"'])((?:[\p{L}\p{N}][\p{L}\p{N}-]*[.。]){1,8}\p{L}{2,})(?=$|[\s/:?#)>"',.;!])/giu;

/** Whether the words of a link must not stand alone: they name another place than the link leads to, or the real host
 * is written with letters of several kinds.
 * @param {string} words @param {URL} url */
export function misleads(words, url) {
  const host = (url.protocol === "mailto:" ? (url.pathname.split("@").pop() ?? "") : url.hostname).toLowerCase();
  if (host.includes("xn--")) return true;
  for (const [, named] of words.slice(0, 500).matchAll(NAMED_HOST)) {
    const other = named.toLowerCase();
    if (other !== host && `www.${other}` !== host && other !== `www.${host}`) return true;
  }
  return false;
}

/** @param {string} address @returns {URL | null} */
function wholeAddress(address) {
  if (address.length > LONGEST || !/^[a-z]+:/i.test(address)) return null;
  try {
    return new URL(address);
  } catch {
    return null;
  }
}
