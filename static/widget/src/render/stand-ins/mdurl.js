// Stands in for the package `mdurl` in the build: addresses are read by the browser's own URL (addresses.js).

/** @param {string} address */
export const encode = (address) => address;
export const decode = encode;
export const parse = encode;
export const format = encode;
