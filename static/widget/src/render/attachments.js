// The parts of a message that are not text: pictures, sounds, files.

import { button, element } from "./dom.js";
import { isPictureData, pictureTarget } from "./addresses.js";
import { blobFromData, pictureFromData, pictureFromUpload, pictureOnClick } from "./pictures.js";
import { shown } from "./text.js";

/** @typedef {import("./types.js").Part} Part */
/** @typedef {import("./types.js").RenderContext} RenderContext */

const UPLOAD = /^(?:upload:)?(upl_[0-9a-z]{1,40})$/;
// A download is given to the system as bytes, never as a document the browser would open here.
const BYTES = "application/octet-stream";

/** @param {Part} part @param {RenderContext} context @returns {Node} */
export function attachmentNode(part, context) {
  if (part.type === "image_url") return block(picture(String(part.image_url?.url ?? ""), context));
  if (part.type === "input_audio") return block(sound(part, context));
  if (part.type === "file") return block(file(part, context));
  return block(chip(context.t("content_unknown"), "", null, context));
}

/** @param {Part} part @returns {string} what stands for it where only text can */
export function attachmentText(part) {
  const name = part.file?.filename;
  return name ? `[${name}]` : `[${{ image_url: "image", input_audio: "audio", file: "file" }[part.type] ?? part.type}]`;
}

/** @param {HTMLElement} child */
function block(child) {
  return element("p", "c-attachment", child);
}

/** @param {string} address @param {RenderContext} context */
function picture(address, context) {
  const upload = UPLOAD.exec(address);
  const target = pictureTarget(address);
  if (upload) return pictureFromUpload(upload[1], "", context);
  if (target) return pictureOnClick(target, "", context);
  return isPictureData(address) ? pictureFromData(address, "", context) : chip(context.t("content_unknown"), "", null, context);
}

/** @param {Part} part @param {RenderContext} context */
function sound(part, context) {
  const data = String(part.input_audio?.data ?? "");
  const format = /^[a-z0-9]{1,8}$/.exec(String(part.input_audio?.format ?? ""))?.[0] ?? "bin";
  return chip(context.t("content_audio"), `audio.${format}`, async () => blobFromData(`,${data}`, BYTES), context);
}

/** @param {Part} part @param {RenderContext} context */
function file(part, context) {
  const { file_data: data, file_id: id, filename } = part.file ?? {};
  const upload = UPLOAD.exec(String(id ?? ""));
  const fetched = async () => {
    if (!upload) return blobFromData(String(data), BYTES);
    return new Blob([await context.upload(upload[1])], { type: BYTES });
  };
  return chip(context.t("content_file"), String(filename ?? "file"), upload || data ? fetched : null, context);
}

/** A labelled chip with a button that saves the file.
 * @param {string} kind @param {string} name @param {(() => Promise<Blob>) | null} fetched
 * @param {RenderContext} context */
function chip(kind, name, fetched, context) {
  // A name that reads "photo.png" must not end in ".exe" behind a mark that turns the direction round.
  const label = shown(name.slice(0, 120));
  const made = element("span", "c-chip", element("span", "c-kind", kind));
  if (label) made.append(" ", element("bdi", "", label));
  if (!fetched) return made;
  const save = button(context.t("content_download"), "c-load", async () => {
    try {
      download(await fetched(), label.replace(/[\\/:*?"<>|\u0000-\u001f]/g, "_"));
    } catch {
      made.append(" ", element("span", "c-note", context.t("content_download_failed")));
      save.remove();
    }
  });
  save.setAttribute("aria-label", `${context.t("content_download")}: ${label}`);
  made.append(" ", save);
  return made;
}

/** @param {Blob} blob @param {string} name */
function download(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = element("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
