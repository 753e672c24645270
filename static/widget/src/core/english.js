// The English words of a first look, as they stand in locales/en.json; panels.js brings all of that file.

/** @type {Record<string, string>} */
export const english = {
  heading: "Which response do you prefer?",
  response_left: "Response A",
  response_right: "Response B",
  vote_left: "A is better",
  vote_right: "B is better",
  vote_tie: "About the same",
  vote_both_bad: "Both are bad",
  choices: "Your choice",
  prompt: "Your question",
  earlier: "Earlier in this conversation",
  show_all: "Show all",
  scroll_together: "Scroll together",
  show_differences: "Show differences",
  skip: "Skip",
  opt_out: "Don’t ask me again",
  report: "Report",
  notice: "What happens to my vote?",
  hint: "Two responses to compare. Voting is optional: if you just keep typing, no vote is recorded.",
  hint_chosen: "Two responses to compare. The conversation goes on with your choice; if you just keep typing, no vote is recorded.",
  hint_left: "Two responses to compare. If you just keep typing, the conversation goes on with Response A and no vote is recorded.",
  hint_right: "Two responses to compare. If you just keep typing, the conversation goes on with Response B and no vote is recorded.",
  part_failed: "That did not work. Please try again.",
};
