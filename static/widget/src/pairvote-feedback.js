// Defines <pairvote-feedback>. A second copy of the script changes nothing.

import { PairvoteFeedback } from "./feedback/element.js";

if (!customElements.get("pairvote-feedback")) customElements.define("pairvote-feedback", PairvoteFeedback);
