// What a Vue template is checked against.

import type { GlobalComponents } from "vue";
import "../pairvote-vue.js";

type Props = InstanceType<GlobalComponents["pairvote-compare"]>["$props"];

export const props: Props = {
  ticket: "pvt_…",
  theme: "dark",
  "heading-level": 3,
  class: "compare",
  "onPairvote:vote": (event) => console.log(event.detail.choice === "tie", event.detail.receipt),
};

// @ts-expect-error There is no such theme.
export const wrong: Props = { theme: "sepia" };
