// Goes on with the response that the person chose.

const compare = document.querySelector("pairvote-compare");
const answer = document.querySelector("#answer");

compare.addEventListener("pairvote:vote", ({ detail }) => {
  answer.textContent = detail.side ? `You go on with: ${detail.content}` : "Thank you. Neither was better.";
});

// Pairvote was down, or too slow: the page carries on as if nothing had been asked.
compare.addEventListener("pairvote:error", ({ detail }) => console.info("No comparison:", detail.code));
