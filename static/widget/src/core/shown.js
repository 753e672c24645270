// Measures how long the responses could be seen: on the screen, in a page that is in front.

export class ShownTime {
  #total = 0;
  #since = 0;
  #isOnScreen = false;
  #observer = new IntersectionObserver((entries) => {
    this.#isOnScreen = !!entries.pop()?.isIntersecting;
    this.#update();
  });
  #update = () => {
    const now = performance.now();
    if (this.#since) this.#total += now - this.#since;
    this.#since = this.#isOnScreen && document.visibilityState === "visible" ? now : 0;
  };

  /** @param {Element} responses */
  start(responses) {
    this.#observer.observe(responses);
    document.addEventListener("visibilitychange", this.#update);
  }

  stop() {
    this.#observer.disconnect();
    document.removeEventListener("visibilitychange", this.#update);
    this.#isOnScreen = false;
    this.#update();
  }

  /** Milliseconds so far. */
  get ms() {
    this.#update();
    return this.#total;
  }
}
