// The renderer's words in English; the locale files have them in the other languages.

export const strings = {
  content_code: "Code",
  content_code_in: "Code, {language}",
  content_copy: "Copy",
  content_copied: "Copied",
  content_not_copied: "Could not be copied",
  content_table: "Table",
  content_done: "done",
  content_open: "to do",
  content_image: "Image",
  content_load_image: "Load image from {host}",
  content_image_failed: "The image could not be shown.",
  content_open_image: "Open it at {host}",
  content_audio: "Audio",
  content_file: "File",
  content_download: "Save",
  content_download_failed: "could not be loaded",
  content_unknown: "Content that cannot be shown here",
  content_long: "This text is very long and is shown without formatting.",
  content_tangled: "This text is shown without formatting.",
};
