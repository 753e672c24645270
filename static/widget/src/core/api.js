// Calls of a ticket's holder. The ticket goes into a header, never into an address; no cookie goes along.

/** Something that went wrong. The code is the problem document's, or one of ours. */
export class Problem extends Error {
  /** @param {string} code @param {number} status 0 without an answer @param {string} title @param {string | null} [requestId] */
  constructor(code, status, title, requestId = null) {
    super(title);
    /** What the host is told. */
    this.detail = { code, status, title, requestId };
    /** Whether the same call may well succeed in a moment. */
    this.isTemporary = status === 0 || status === 429 || status >= 500;
  }
}

export class Api {
  #ticket;

  /** @param {string} base address of the API, `/v1` included @param {string} ticket */
  constructor(base, ticket) {
    this.base = base.replace(/\/+$/, "");
    this.#ticket = ticket;
  }

  /**
   * What the server answers. Rejects with a Problem.
   *
   * @param {string} method
   * @param {string} path below `ticket`
   * @param {object | null} [body]
   * @param {{as?: "json" | "blob", timeout?: number, signal?: AbortSignal | null, keepalive?: boolean}} [options]
   * @returns {Promise<any>}
   */
  async call(method, path, body, { as = "json", timeout = 15_000, signal, keepalive } = {}) {
    const clock = AbortSignal.timeout(timeout);
    /** @type {Response} */
    let response;
    try {
      response = await fetch(`${this.base}/ticket${path}`, {
        method,
        headers: { Authorization: `Bearer ${this.#ticket}`, "Content-Type": "application/json" },
        body: body && JSON.stringify(body),
        signal: AbortSignal.any([clock, signal ?? clock]),
        keepalive,
        credentials: "omit",
        cache: "no-store",
      });
      if (response.ok) return await response[as]();
    } catch (error) {
      throw new Problem(clock.aborted ? "timeout" : "network", 0, String(error));
    }
    const { code = "unexpected-answer", title = "", request_id } = await response.json().catch(() => ({}));
    throw new Problem(code, response.status, title, request_id);
  }
}
