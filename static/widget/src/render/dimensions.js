// How large a picture says it is, read before it is decoded: a small file may unpack to gigabytes.

/** @typedef {{width: number, height: number}} Pixels */

/** @param {Uint8Array} bytes of a PNG, JPEG, GIF or WebP @returns {Pixels | null} */
export function pixelsOf(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const size = read(view);
    return size && size.width > 0 && size.height > 0 ? size : null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** @param {DataView} view @returns {Pixels | null} */
function read(view) {
  const start = view.getUint32(0);
  if (start === 0x89504e47) return { width: view.getUint32(16), height: view.getUint32(20) };
  if (start === 0x47494638) return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
  if (start === 0x52494646 && view.getUint32(8) === 0x57454250) return webp(view);
  return start >>> 16 === 0xffd8 ? jpeg(view) : null;
}

/** @param {DataView} view @returns {Pixels | null} */
function webp(view) {
  const kind = view.getUint8(15);
  if (kind === 0x58) return { width: 1 + triple(view, 24), height: 1 + triple(view, 27) };
  if (kind === 0x4c) {
    const bits = view.getUint32(21, true);
    return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
  }
  return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
}

/** @param {DataView} view @param {number} at */
function triple(view, at) {
  return view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
}

/** Segments follow one another until the one that starts the frame (SOF0 to SOF15, without DHT, JPG and DAC).
 * @param {DataView} view @returns {Pixels | null} */
function jpeg(view) {
  for (let at = 2; at < 1_000_000; ) {
    if (view.getUint8(at) !== 0xff) return null;
    const marker = view.getUint8(at + 1);
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    }
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2);
  }
  return null;
}
