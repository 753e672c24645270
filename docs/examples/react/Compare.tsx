// <pairvote-compare> as a React component (React 19).
//
// Types: save pairvote.d.ts and pairvote-react.d.ts from your server's /static/widget/v1/ in your project, and name them
// in tsconfig.json: "paths": {"pairvote": ["./pairvote.d.ts"], "pairvote/react": ["./pairvote-react.d.ts"]}.

import { useEffect, useRef } from "react";
import type { PairvoteCompareElement, PairvoteVoteDetail } from "pairvote";
import type {} from "pairvote/react";

interface Props {
  ticket: string;
  onVote: (vote: PairvoteVoteDetail) => void;
  /** The person skipped, does not want to be asked, or was too late: go on as if nothing had been asked. */
  onOver: () => void;
}

export function Compare({ ticket, onVote, onOver }: Props) {
  const element = useRef<PairvoteCompareElement>(null);

  // The events' names have a colon, which React's own on… properties cannot spell.
  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    element.current?.addEventListener("pairvote:vote", ({ detail }) => onVote(detail), { signal });
    for (const name of ["pairvote:skip", "pairvote:optout", "pairvote:expired", "pairvote:error"] as const) {
      element.current?.addEventListener(name, onOver, { signal });
    }
    return () => stop.abort();
  }, [onVote, onOver]);

  return <pairvote-compare ref={element} ticket={ticket} endpoint="/pairvote/v1" heading-level={2} />;
}
