// The shapes that the modules of the widget share. Types only: nothing of this is in the built file.

/** @typedef {"left" | "right" | "tie" | "both_bad"} Choice */
/** @typedef {"left" | "right"} Side */
/** @typedef {{type: string, [kind: string]: any}} Part */
/** @typedef {string | Part[]} Content */

/**
 * What `GET /v1/ticket` answers. Without content the comparison is over.
 * @typedef {object} Comparison
 * @property {string} id
 * @property {Content} [prompt]
 * @property {{role: string, content: Content}[]} [conversation]
 * @property {{content: Content}} [left]
 * @property {{content: Content}} [right]
 * @property {Choice[]} [choices]
 * @property {string[]} [reasons]
 * @property {Record<string, Record<string, string>>} [reason_labels]
 * @property {string[]} [asks]
 * @property {{version: string, text: string, lang?: string, url?: string}} [notice]
 * @property {News} [notice_update] only where something is new, or a choice is open
 * @property {"open" | "voted" | "final" | "skipped" | "withheld"} state
 * @property {{choice: Choice, strength: number | null, reasons: string[], comment?: string | null} | null} vote
 * @property {string} [receipt] of the vote that stands
 * @property {string | null} undo_until
 * @property {string} expires_at
 */

/**
 * Documents that have changed since the person was last told.
 * @typedef {object} News
 * @property {boolean} updated to be told now
 * @property {boolean} requires_choice
 * @property {string[]} levels what may be shared, the most first
 * @property {{kind: string, summary: string, lang: string, url: string}[]} documents
 */

/**
 * A vote as the person wants it.
 * @typedef {object} Vote
 * @property {Choice} choice
 * @property {number | null} [strength] 1 slightly, 3 much; only with a side
 * @property {string[]} [reasons]
 * @property {string | null} [comment]
 */

/** @typedef {(key: string, values?: Record<string, string>) => string} Translate */

/**
 * Where a comparison stands. `none`: no vote is asked, `silence` says why.
 * @typedef {"loading" | "streaming" | "open" | "voted" | "skipped" | "unrecorded" | "expired" | "final" | "closed" | "none"
 *   | "gone"} State
 */

/** @typedef {"saved" | "saving" | "retrying" | "unsaved"} Saving */

export {};
