// Work that waits for a lazy part, done piece by piece so that the page stays responsive.

/** @type {(() => void)[]} */
const waiting = [];
let running = false;

/** Loads a part, then does the work when its turn comes. Where either fails, what is shown stays as it is.
 * @param {() => Promise<any>} load @param {(part: any) => void} work */
export function later(load, work) {
  load().then(
    (part) => {
      waiting.push(() => work(part));
      if (!running) next();
    },
    () => {},
  );
}

function next() {
  running = true;
  setTimeout(() => {
    const until = performance.now() + 12;
    do attempt(waiting.shift());
    while (waiting.length > 0 && performance.now() < until);
    if (waiting.length > 0) next();
    else running = false;
  });
}

/** @param {(() => void) | undefined} work */
function attempt(work) {
  try {
    work?.();
  } catch {
    // The text is already there; it stays without its colours.
  }
}
