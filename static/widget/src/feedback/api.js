// Calls of a feedback ticket's holder. The ticket goes into a header, never into an address; no cookie goes along.

import { Problem } from "../core/api.js";

const PAUSES = [1000, 3000, 8000];

export class FeedbackApi {
  #ticket;
  #base;

  /** @param {string} base address of the API, `/v1` included @param {string} ticket */
  constructor(base, ticket) {
    this.#base = base.replace(/\/+$/, "");
    this.#ticket = ticket;
  }

  /**
   * What the server answers. Rejects with a Problem.
   *
   * @param {string} method @param {string} [path] below `feedback-ticket` @param {object} [body]
   * @returns {Promise<any>}
   */
  async call(method, path = "", body) {
    /** @type {Response} */
    let response;
    try {
      response = await fetch(`${this.#base}/feedback-ticket${path}`, {
        method,
        headers: { Authorization: `Bearer ${this.#ticket}`, "Content-Type": "application/json" },
        body: body && JSON.stringify(body),
        signal: AbortSignal.timeout(15_000),
        credentials: "omit",
        cache: "no-store",
        keepalive: method !== "GET",
      });
      if (response.ok) return await response.json();
    } catch (error) {
      throw new Problem("network", 0, String(error));
    }
    const { code = "unexpected-answer", title = "", request_id } = await response.json().catch(() => ({}));
    throw new Problem(code, response.status, title, request_id);
  }

  /**
   * The same, tried again while it may well succeed in a moment, as long as `isWanted`.
   *
   * @param {string} method @param {string} path @param {object | undefined} body @param {() => boolean} isWanted
   */
  async insist(method, path, body, isWanted) {
    for (const pause of PAUSES) {
      try {
        return await this.call(method, path, body);
      } catch (/** @type {any} */ error) {
        if (!error.isTemporary) throw error;
        await new Promise((resolve) => setTimeout(resolve, pause));
        if (!isWanted()) throw error;
      }
    }
    return this.call(method, path, body);
  }
}
