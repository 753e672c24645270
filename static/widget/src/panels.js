// Everything that is not needed for a vote: keys, folding, differences, what may be added to a vote, and the panels.

import { Equipment } from "./panels/equipment.js";

export { default as strings } from "./locales/en.json";
export { default as style } from "./panels/style.css";

/** @param {import("./core/stage.js").Stage} stage */
export function equip(stage) {
  return new Equipment(stage);
}
