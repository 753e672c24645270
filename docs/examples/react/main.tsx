// A chat that asks which of two responses is better, and goes on with the chosen one.

import { StrictMode, useCallback, useState } from "react";
import { createRoot } from "react-dom/client";
import type { PairvoteVoteDetail } from "pairvote";
import { Compare } from "./Compare";

function Chat({ ticket }: { ticket: string }) {
  const [isOpen, setOpen] = useState(true);
  const [answer, setAnswer] = useState("");

  const goOn = useCallback((vote: PairvoteVoteDetail) => {
    setAnswer(typeof vote.content === "string" ? vote.content : "Neither was better.");
  }, []);
  const close = useCallback(() => setOpen(false), []);

  return (
    <main>
      <h1>Chat</h1>
      {isOpen && <Compare ticket={ticket} onVote={goOn} onOver={close} />}
      <p id="answer" role="status">
        {answer}
      </p>
      <button type="button" onClick={close}>
        Close
      </button>
    </main>
  );
}

// Your server writes the ticket into the page: <div id="chat" data-ticket="…"></div>
const place = document.getElementById("chat");
if (place) {
  createRoot(place).render(
    <StrictMode>
      <Chat ticket={place.dataset.ticket ?? ""} />
    </StrictMode>,
  );
}
