// Calls of a ticket's holder. The ticket goes into a header, never into an address; no cookie goes along.

/** What the host is told of a problem. @param {string} code @param {number} status @param {string} title @param {string | null} [requestId] */
export function detail(code, status, title, requestId = null) {
  return { code, status, title, requestId };
}

/** A call that was refused or not answered. The code is the problem document's, or `network` or `timeout`. */
export class Problem extends Error {
  /** @param {ReturnType<typeof detail>} told */
  constructor(told) {
    super(told.title);
    this.detail = told;
    this.code = told.code;
    /** Whether the same call may well succeed in a moment. */
    this.isTemporary = told.status === 0 || told.status === 429 || told.status >= 500;
  }
}

export class Api {
  #ticket;

  /** @param {string} endpoint the base of the API, `/v1` included @param {string} ticket */
  constructor(endpoint, ticket) {
    this.base = endpoint.replace(/\/+$/, "");
    this.#ticket = ticket;
  }

  /**
   * The answer's JSON. Rejects with a Problem.
   *
   * @param {string} method
   * @param {string} path below `ticket`
   * @param {object} [body]
   * @param {{timeout?: number, signal?: AbortSignal, keepalive?: boolean}} [options]
   * @returns {Promise<any>}
   */
  call(method, path, body, options) {
    return this.#send("json", method, path, body, options);
  }

  /** An upload of the comparison. @param {string} id @returns {Promise<Blob>} */
  upload(id) {
    return this.#send("blob", "GET", `/uploads/${encodeURIComponent(id)}`);
  }

  /**
   * @param {"json" | "blob"} as @param {string} method @param {string} path @param {object} [body]
   * @param {{timeout?: number, signal?: AbortSignal, keepalive?: boolean}} [options]
   */
  async #send(as, method, path, body, { timeout = 15_000, signal, keepalive } = {}) {
    const clock = AbortSignal.timeout(timeout);
    /** @type {Response} */
    let response;
    try {
      response = await fetch(`${this.base}/ticket${path}`, {
        method,
        headers: {
          Authorization: `Bearer ${this.#ticket}`,
          ...(body && { "Content-Type": "application/json" }),
        },
        body: body && JSON.stringify(body),
        signal: signal ? AbortSignal.any([signal, clock]) : clock,
        keepalive,
        credentials: "omit",
        cache: "no-store",
        referrerPolicy: "origin",
      });
      if (response.ok) return await response[as]();
    } catch (error) {
      throw new Problem(detail(clock.aborted ? "timeout" : "network", 0, String(error)));
    }
    const { code = "unexpected-answer", title = "", request_id } = await response.json().catch(() => ({}));
    throw new Problem(detail(code, response.status, title, request_id));
  }
}
