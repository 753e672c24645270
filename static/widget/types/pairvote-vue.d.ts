// <pairvote-compare> and <pairvote-feedback> in Vue's templates, for Vue 3.

import type { DefineComponent, HTMLAttributes } from "vue";
import type {
  PairvoteAttributes,
  PairvoteEventMap,
  PairvoteFeedbackAttributes,
  PairvoteFeedbackEventMap,
  PairvoteStreams,
} from "./pairvote.js";

type Events = PairvoteEventMap & PairvoteFeedbackEventMap;
type Listeners = { [Name in keyof Events as `on${Capitalize<Name>}`]?: (event: Events[Name]) => void };

declare module "vue" {
  interface GlobalComponents {
    "pairvote-compare": DefineComponent<
      Omit<HTMLAttributes, keyof PairvoteAttributes> &
        PairvoteAttributes &
        Listeners & { streams?: PairvoteStreams; messages?: Record<string, string> }
    >;
    "pairvote-feedback": DefineComponent<
      Omit<HTMLAttributes, keyof PairvoteFeedbackAttributes> &
        PairvoteFeedbackAttributes &
        Listeners & { messages?: Record<string, string> }
    >;
  }
}
