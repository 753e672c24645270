// Declarations of <pairvote-compare> and <pairvote-feedback> for host products. React: pairvote-react.d.ts, Vue: pairvote-vue.d.ts.

/** What a person can say of two responses. */
export type PairvoteChoice = "left" | "right" | "tie" | "both_bad";

/** Where a response stands. Which model stood there is known to your server alone. */
export type PairvoteSide = "left" | "right";

/** What "don't ask me again" can mean. */
export type PairvoteAsk = "week" | "conversation" | "never";

/** A response or message as it was registered: text, or OpenAI-shaped parts. */
export type PairvoteContent = string | PairvotePart[];

export interface PairvotePart {
  type: "text" | "image_url" | "input_audio" | "file";
  [field: string]: unknown;
}

/** The comparison is shown and can be voted on. */
export interface PairvoteReadyDetail {
  id: string;
}

/** A vote was recorded, or changed. */
export interface PairvoteVoteDetail {
  id: string;
  choice: PairvoteChoice;
  /** The chosen side; null for "about the same" and "both are bad". */
  side: PairvoteSide | null;
  /** What to go on with: the chosen response, otherwise the one that `continues` names, otherwise null. */
  content: PairvoteContent | null;
  /** With it the person can look the vote up or withdraw it, later and without an account. Show it to nobody else. */
  receipt: string;
  /** Until then it can be changed or undone (RFC 3339). */
  undoUntil: string;
  /** Which models they were, where the workspace tells people so. */
  revealed: { left: string; right: string } | null;
  /** Whether an earlier vote on this comparison was changed. */
  changed: boolean;
}

/** The vote was taken back. */
export interface PairvoteUndoDetail {
  id: string;
}

/** The person skipped; the content is deleted. */
export interface PairvoteSkipDetail {
  id: string;
  reason: "not_now" | "too_long" | "cannot_tell" | "other";
}

/** The person does not want to be asked; the server keeps to it, without anything left for you to do. */
export interface PairvoteOptoutDetail {
  id: string;
  ask: PairvoteAsk;
}

/** The person reported a response. */
export interface PairvoteReportDetail {
  id: string;
  side: PairvoteSide | "both";
  category: "harmful" | "illegal" | "hateful" | "sexual" | "personal_data" | "spam" | "other";
  reference: string;
}

/** The ticket's time was over before a vote. */
export interface PairvoteExpiredDetail {
  id: string | null;
}

/** Something did not work. The page carries on; nothing has to be done. */
export interface PairvoteErrorDetail {
  /** A code of the service (docs/errors.md), or one of the widget's own. */
  code: string;
  /** The HTTP status, 0 where there was no answer. */
  status: number;
  title: string;
  requestId: string | null;
}

/** All events of the element. They bubble, cross shadow roots and cannot be cancelled. */
export interface PairvoteEventMap {
  "pairvote:ready": CustomEvent<PairvoteReadyDetail>;
  "pairvote:vote": CustomEvent<PairvoteVoteDetail>;
  "pairvote:undo": CustomEvent<PairvoteUndoDetail>;
  "pairvote:skip": CustomEvent<PairvoteSkipDetail>;
  "pairvote:optout": CustomEvent<PairvoteOptoutDetail>;
  "pairvote:report": CustomEvent<PairvoteReportDetail>;
  "pairvote:expired": CustomEvent<PairvoteExpiredDetail>;
  "pairvote:error": CustomEvent<PairvoteErrorDetail>;
}

export type PairvoteTheme = "auto" | "light" | "dark";
export type PairvoteLayout = "auto" | "columns" | "tabs" | "stack";
export type PairvoteSwitch = "on" | "off";
export type PairvoteContinues = "chosen" | "left" | "right";

/** The element's attributes, as a template writes them. */
export interface PairvoteAttributes {
  /** The ticket of the comparison. Without one the element is not seen and asks for nothing. */
  ticket?: string;
  /** Base address of the calls, `/v1` included. Default: `/v1` where the script came from. */
  endpoint?: string;
  /** Language of the widget's own words. Default: the nearest `lang` above, then the browser's. */
  lang?: string;
  theme?: PairvoteTheme;
  layout?: PairvoteLayout;
  /** Whether reasons are offered after the vote. Default: on. */
  reasons?: PairvoteSwitch;
  /** Whether a comment is offered after the vote. Default: on. */
  comment?: PairvoteSwitch;
  "no-shortcuts"?: boolean | "";
  /** Level of the question among the page's headings, 1 to 6. Default: 2. */
  "heading-level"?: number | string;
  /** Height of a response before it scrolls, as a CSS length. */
  "max-height"?: string;
  /** Which response your conversation goes on with when the person simply types on. */
  continues?: PairvoteContinues;
  /** Milliseconds until it gives up loading. Default: 4000. */
  timeout?: number | string;
}

/** Two responses while they are written: text as it comes. */
export interface PairvoteStreams {
  left: AsyncIterable<string>;
  right: AsyncIterable<string>;
}

/** `<pairvote-compare>`: two responses side by side, and a person's preference. */
export interface PairvoteCompareElement extends HTMLElement {
  /** Set here, the ticket never stands in the document. */
  ticket: string | null;
  endpoint: string | null;
  theme: string | null;
  layout: string | null;
  reasons: string | null;
  comment: string | null;
  noShortcuts: boolean;
  headingLevel: string | null;
  maxHeight: string | null;
  continues: string | null;
  timeout: string | null;
  streams: PairvoteStreams | null;
  /** The widget's words in your own, by the keys of its locale files. */
  messages: Record<string, string>;
  /** Votes as if the button were pressed. */
  vote(choice: PairvoteChoice): void;
  /** Takes the vote back. */
  undo(): void;
  /** Skips the comparison. */
  skip(): void;
}

/** A rating of one response or page. */
export type PairvoteThumb = "up" | "down";

/** A rating was recorded, or changed. */
export interface PairvoteFeedbackDetail {
  id: string;
  rating: PairvoteThumb;
  /** Codes of the reasons that were picked. */
  reasons: string[];
  /** With it the person can look the rating up or withdraw it, later and without an account. Show it to nobody else. */
  receipt: string;
  /** Until then it can be changed or undone (RFC 3339). */
  undoUntil: string;
  /** Whether another thumb stood before. */
  changed: boolean;
}

/** Events of `<pairvote-feedback>`, beside `pairvote:ready`, `pairvote:undo`, `pairvote:optout` and `pairvote:error`. */
export interface PairvoteFeedbackEventMap {
  "pairvote:feedback": CustomEvent<PairvoteFeedbackDetail>;
}

/** The attributes of `<pairvote-feedback>`, as a template writes them. */
export interface PairvoteFeedbackAttributes {
  /** The ticket from POST /v1/feedback-tickets. Without one the element is not seen and asks for nothing. */
  ticket?: string;
  endpoint?: string;
  lang?: string;
  theme?: PairvoteTheme;
}

/** `<pairvote-feedback>`: a thumb up or down for one response or page. */
export interface PairvoteFeedbackElement extends HTMLElement {
  /** Set here, the ticket never stands in the document. */
  ticket: string | null;
  endpoint: string | null;
  theme: string | null;
  /** The element's words in your own, by the keys of its locale files. */
  messages: Record<string, string>;
  /** Rates as if the button were pressed. */
  rate(thumb: PairvoteThumb): void;
  /** Takes the rating back. */
  undo(): Promise<void>;
}

declare global {
  interface HTMLElementTagNameMap {
    "pairvote-compare": PairvoteCompareElement;
    "pairvote-feedback": PairvoteFeedbackElement;
  }

  // Wherever the events arrive: at the element, at what is around it, at the document.
  interface GlobalEventHandlersEventMap extends PairvoteEventMap, PairvoteFeedbackEventMap {}
}
