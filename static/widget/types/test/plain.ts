// A host in plain TypeScript: what tsc must know, and what it must refuse.

import type { PairvoteCompareElement, PairvoteVoteDetail } from "../pairvote.js";

const compare: PairvoteCompareElement = document.createElement("pairvote-compare");
compare.ticket = "pvt_…";
compare.headingLevel = "3";
compare.messages = { question: "Which one helps you more?" };

async function* words(): AsyncGenerator<string> {
  yield "A kettle ";
  yield "boils water.";
}
compare.streams = { left: words(), right: words() };

function goOn(detail: PairvoteVoteDetail): string {
  return typeof detail.content === "string" ? detail.content : (detail.side ?? detail.undoUntil);
}
compare.addEventListener("pairvote:vote", (event) => console.log(goOn(event.detail), event.detail.revealed?.left));
document.addEventListener("pairvote:error", ({ detail }) => console.log(detail.code, detail.requestId));
addEventListener("pairvote:optout", ({ detail }) => console.log(detail.ask === "never"));
document.querySelector("pairvote-compare")?.vote("both_bad");

// @ts-expect-error There is no such choice.
compare.vote("middle");
// @ts-expect-error Nothing before the vote tells which model answered.
compare.addEventListener("pairvote:ready", (event) => event.detail.model);
