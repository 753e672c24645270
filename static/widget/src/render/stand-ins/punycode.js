// Stands in for the package `punycode.js` in the build: the browser's own URL writes hosts in punycode.

/** @param {string} host */
const same = (host) => host;
export default { toASCII: same, toUnicode: same };
