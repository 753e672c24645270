// Defines <pairvote-compare>. A second copy of the script changes nothing.

import { PairvoteCompare } from "./core/element.js";

if (!customElements.get("pairvote-compare")) customElements.define("pairvote-compare", PairvoteCompare);
