// Pictures: elsewhere (after a click, and the page's policy may still forbid it), in the response, or uploaded.

import { anchor, button, element } from "./dom.js";
import { hostOf } from "./addresses.js";
import { MOST_PIXELS } from "./limits.js";
import { pixelsOf } from "./dimensions.js";

/** @typedef {import("./types.js").RenderContext} RenderContext */

const WIDEST = 1_200;

/** A button that says where the picture is, and loads it.
 * @param {URL} target @param {string} words @param {RenderContext} context */
export function pictureOnClick(target, words, context) {
  const host = hostOf(target);
  const frame = element("span", "c-picture");
  const press = button(context.t("content_load_image", { host }), "c-load", () => {
    const image = element("img");
    image.referrerPolicy = "no-referrer";
    image.decoding = "async";
    image.alt = words;
    image.addEventListener("error", () => {
      const link = anchor(target, host, context.t("content_open_image", { host }));
      frame.replaceChildren(element("span", "c-note", context.t("content_image_failed")), " ", link);
    });
    frame.replaceChildren(image);
    image.src = target.href;
  });
  frame.append(press);
  if (words) frame.append(" ", element("span", "c-words", words));
  return frame;
}

/** A picture that is part of the response: nothing is fetched, so it needs no permission of the page.
 * @param {string} address of a base64 data: URL @param {string} words @param {RenderContext} context */
export function pictureFromData(address, words, context) {
  const frame = element("span", "c-picture");
  draw(frame, words, context, async () => blobFromData(address));
  return frame;
}

/** An uploaded picture: fetched from Pairvote itself with the ticket when it comes into sight.
 * @param {string} id @param {string} words @param {RenderContext} context */
export function pictureFromUpload(id, words, context) {
  const frame = element("span", "c-picture c-waiting");
  const sight = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    sight.disconnect();
    draw(frame, words, context, () => context.upload(id));
  });
  sight.observe(frame);
  return frame;
}

/** @param {string} address of a base64 data: URL @param {string} [type] */
export function blobFromData(address, type) {
  const comma = address.indexOf(",");
  const bytes = Uint8Array.from(atob(address.slice(comma + 1)), (character) => character.charCodeAt(0));
  return new Blob([bytes], { type: type ?? address.slice(5, comma).split(";", 1)[0] });
}

/** @param {HTMLElement} frame @param {string} words @param {RenderContext} context @param {() => Promise<Blob>} fetched */
async function draw(frame, words, context, fetched) {
  try {
    const blob = await fetched();
    const pixels = pixelsOf(new Uint8Array(await blob.arrayBuffer()));
    if (!pixels || pixels.width * pixels.height > MOST_PIXELS) throw new RangeError("not a picture we draw");
    const scale = Math.min(1, WIDEST / pixels.width, WIDEST / pixels.height);
    const size = { width: Math.ceil(pixels.width * scale), height: Math.ceil(pixels.height * scale) };
    const bitmap = await createImageBitmap(blob, { resizeWidth: size.width, resizeHeight: size.height });
    const canvas = element("canvas");
    Object.assign(canvas, size);
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", words || context.t("content_image"));
    canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
    bitmap.close();
    frame.replaceChildren(canvas);
  } catch {
    frame.replaceChildren(element("span", "c-note", context.t("content_image_failed")), words && ` ${words}`);
  }
  frame.classList.remove("c-waiting");
}
