// How the two responses stand: side by side, as tabs that are also swiped, or one below the other.

import { h, set } from "./dom.js";

const COLUMNS_FROM = 640;
const WORTH_MARKING = 160;
const SIDES = /** @type {const} */ (["left", "right"]);

export class Layout {
  mode = "";
  isExpanded = false;
  #resizes = new ResizeObserver(() => this.measure());

  /** @param {import("./view.js").View} view */
  constructor(view) {
    this.view = view;
    const { sides, stage } = view;
    this.tabs = h("div", { role: "tablist", class: "tabs" },
      ...SIDES.map((side) =>
        h("button", { type: "button", role: "tab", id: `tab-${side}`, "aria-controls": side, onclick: () => this.show(side) },
          stage.t(`response_${side}`))));
    this.row = h("div", { class: "responses", part: "responses", onscroll: () => this.#swiped() }, sides.left.card, sides.right.card);
  }

  start() {
    this.measure();
    this.#resizes.observe(this.view.stage.host);
    for (const side of SIDES) this.#resizes.observe(this.view.sides[side].content);
  }

  stop() {
    this.#resizes.disconnect();
  }

  measure() {
    const { sides, stage, tools, buttons } = this.view;
    const wish = stage.host.getAttribute("layout");
    const mode = /columns|tabs|stack/.exec(wish ?? "")?.[0] ?? (stage.host.clientWidth < COLUMNS_FROM ? "tabs" : "columns");
    if (mode !== this.mode) this.#arrange(mode);
    const long = SIDES.filter((side) => {
      const { body } = sides[side];
      const isLong = body.scrollHeight > body.clientHeight + 1;
      // What scrolls, and what stands behind a tab, must be reached by keyboard; what does not should not stop it.
      set(body, "tabindex", (isLong || mode === "tabs") && 0);
      body.classList.toggle("more", isLong && body.scrollHeight - body.scrollTop > body.clientHeight + 4);
      return isLong;
    });
    // Shorter texts are compared faster by eye than by marks.
    buttons.fold.hidden = !this.isExpanded && !long.length;
    tools.hidden = buttons.fold.hidden && (sides.left.content.textContent ?? "").length < WORTH_MARKING;
    tools.classList.toggle("sync", long.length > 1 && mode === "columns");
  }

  /** Brings one response to the front, where only one is seen. @param {import("./types.js").Side} side */
  show(side) {
    const { row } = this;
    this.#front(side);
    // The room to scroll is negative where text runs from right to left.
    row.scrollLeft = side === "left" ? 0 : row.scrollWidth * (getComputedStyle(row).direction === "rtl" ? -1 : 1);
  }

  /** @param {string} mode */
  #arrange(mode) {
    this.mode = this.row.dataset.layout = mode;
    const isTabs = mode === "tabs";
    this.tabs.hidden = !isTabs;
    for (const side of SIDES) {
      const { card } = this.view.sides[side];
      set(card, "role", isTabs ? "tabpanel" : "group");
      set(card, "aria-labelledby", isTabs ? `tab-${side}` : `label-${side}`);
    }
    this.show("left");
  }

  /** @param {import("./types.js").Side} side */
  #front(side) {
    SIDES.forEach((each, index) => {
      const isFront = each === side;
      set(this.tabs.children[index], "aria-selected", String(isFront));
      // A response outside the view is neither read nor reached by accident; it keeps its place.
      this.view.sides[each].card.inert = this.mode === "tabs" && !isFront;
    });
  }

  /** A swipe is the row's own scrolling: the response that fills most of the view is the one in front. */
  #swiped() {
    const { row } = this;
    if (this.mode === "tabs") this.#front(Math.abs(row.scrollLeft) * 2 > row.scrollWidth - row.clientWidth ? "right" : "left");
  }
}
