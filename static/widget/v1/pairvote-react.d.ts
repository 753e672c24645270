// <pairvote-compare> and <pairvote-feedback> in JSX, for React 19 and newer.

import type { DetailedHTMLProps, HTMLAttributes } from "react";
import type {
  PairvoteAttributes,
  PairvoteCompareElement,
  PairvoteFeedbackAttributes,
  PairvoteFeedbackElement,
  PairvoteStreams,
} from "./pairvote.js";

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "pairvote-compare": Omit<
        DetailedHTMLProps<HTMLAttributes<PairvoteCompareElement>, PairvoteCompareElement>,
        keyof PairvoteAttributes
      > &
        PairvoteAttributes & {
          /** React hands these over as properties. */
          streams?: PairvoteStreams;
          messages?: Record<string, string>;
        };
      "pairvote-feedback": Omit<
        DetailedHTMLProps<HTMLAttributes<PairvoteFeedbackElement>, PairvoteFeedbackElement>,
        keyof PairvoteFeedbackAttributes
      > &
        PairvoteFeedbackAttributes & { messages?: Record<string, string> };
    }
  }
}
