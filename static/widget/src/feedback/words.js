// The words of the feedback element: English is built in, other languages come as one small JSON file.

/** @type {Record<string, string>} */
export const english = {
  heading: "Was this helpful?",
  up: "Yes, helpful",
  down: "No, not helpful",
  more_up: "What was good about it?",
  more_down: "What was wrong with it?",
  reason_easy_to_understand: "Easy to understand",
  reason_solved_my_problem: "Solved my problem",
  reason_missing_what_i_need: "Missing what I need",
  reason_too_complicated: "Too complicated",
  reason_out_of_date: "Out of date",
  reason_code_problem: "Problem with the code",
  reason_other: "Other",
  comment: "Comment (optional)",
  comment_hint: "Please leave out names and other personal details.",
  send: "Send",
  undo: "Undo",
  saving: "Saving…",
  saved: "Thank you. You can change or undo this until {time}.",
  comment_saved: "Thank you. Your comment is saved.",
  undone: "Your feedback is undone.",
  unsaved: "This could not be saved. Please try again.",
  unrecorded: "Nothing is recorded for you.",
  final: "Thank you for your feedback. It is final.",
  opt_out: "Don’t ask me again",
  ask_week: "Not for a week",
  ask_conversation: "Not in this conversation",
  ask_never: "Never",
  ask_done_week: "You will not be asked for a week.",
  ask_done_conversation: "You will not be asked again in this conversation.",
  ask_done_never: "You will not be asked again.",
  withdraw_offer: "Votes and ratings that you gave earlier: {count}",
  withdraw: "Withdraw them all",
  withdraw_sure: "Withdraw all your votes and ratings? They are deleted, with the texts that go with them. This cannot be undone.",
  withdraw_confirm: "Yes, withdraw them all",
  withdraw_keep: "No, keep them",
  withdraw_done: "All your votes and ratings are being withdrawn.",
  notice: "What happens to my feedback?",
  browser: "This form sets no cookie and stores nothing in your browser.",
};

/** The words of a language over English; English alone where they do not come. @param {string} language */
export async function wordsOf(language) {
  if (language === "en") return english;
  try {
    const address = new URL(`locales/feedback-${language}.json`, import.meta.url);
    const response = await fetch(address, { credentials: "omit", signal: AbortSignal.timeout(4000) });
    return { ...english, ...(await response.json()) };
  } catch {
    return english;
  }
}
