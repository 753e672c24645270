// <pairvote-compare> in Vue's templates, for Vue 3.

import type { DefineComponent, HTMLAttributes } from "vue";
import type { PairvoteAttributes, PairvoteEventMap, PairvoteStreams } from "./pairvote.js";

type Listeners = { [Name in keyof PairvoteEventMap as `on${Capitalize<Name>}`]?: (event: PairvoteEventMap[Name]) => void };

declare module "vue" {
  interface GlobalComponents {
    "pairvote-compare": DefineComponent<
      Omit<HTMLAttributes, keyof PairvoteAttributes> &
        PairvoteAttributes &
        Listeners & { streams?: PairvoteStreams; messages?: Record<string, string> }
    >;
  }
}
