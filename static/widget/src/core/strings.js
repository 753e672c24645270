// The words of the widget: English is built in, other languages come as one JSON file, key by key over English.

import { english } from "./english.js";

const LANGUAGES = /^(en|de|fr|es|ar|ja)\b/;

/** Adds the English words that a lazy part brings. @param {Record<string, string>} words */
export function addEnglish(words) {
  Object.assign(english, words);
}

/** The language to speak: the page's, else the reader's; one that we do not have is English. @param {string} wish */
export function chooseLanguage(wish) {
  return LANGUAGES.exec(wish.toLowerCase())?.[0] ?? "en";
}

/** The words of a language; none where they do not come, so that English stands in. @param {string} language */
export async function loadWords(language) {
  if (language === "en") return {};
  try {
    const signal = AbortSignal.timeout(4000);
    const response = await fetch(new URL(`locales/${language}.json`, import.meta.url), { credentials: "omit", signal });
    return await response.json();
  } catch {
    return {};
  }
}

/**
 * Looks words up: the host's own first, then the language's, then English. Empty where there are none (yet).
 *
 * @param {Record<string, string>} own @param {Record<string, string>} words
 * @returns {import("./types.js").Translate}
 */
export function translator(own, words) {
  return (key, values) => (own[key] ?? words[key] ?? english[key] ?? "").replace(/\{(\w+)\}/g, (all, name) => values?.[name] ?? all);
}
