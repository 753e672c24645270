// "What your server sees": the host's server calls and the events of its page, in order.

import { byId, clockTime, copyText, h } from "./dom.js";

const LONGEST = 140;
// What Plover's server puts where a model's name would spoil the vote; see app/demo/host.py.
const LEFT_OUT = "‹left out until the vote›";
const REASONS = {
  "/v1/invitations": "May we ask this visitor?",
  "/v1/comparisons": "Register both answers",
  "/v1/preferences": "Ask this visitor again",
  "/v1/feedback-tickets": "Offer thumbs",
  "/v1/preference-links": "Link to the settings page",
};

const log = byId("log");

/** Forgets everything. */
export function clearLog() {
  log.replaceChildren(h("li", { class: "nothing" }, "Nothing yet. Send a message, and this is where you follow it."));
}

/** Begins the calls and events of one message. */
export function beginTurn(prompt) {
  log.querySelector(".nothing")?.remove();
  log.append(h("li", { class: "turn-mark" }, h("span", { dir: "auto" }, prompt)));
  return new Turn();
}

/** The entries of one message. */
export class Turn {
  #calls = [];

  /** Adds server calls. */
  addCalls(calls) {
    for (const call of calls) {
      const entry = { call, item: callItem(call) };
      this.#calls.push(entry);
      add(entry.item);
    }
  }

  /** Adds an event that the page received. */
  addEvent(name, detail) {
    add(eventItem(name, shortened(detail)));
  }

  /** Adds a sentence of the page's own. */
  addNote(text) {
    add(h("li", { class: "entry remark" }, h("span", { class: "time" }, clockTime()), " ", text));
  }

  /** Puts the models' names in, now that the vote is cast. */
  reveal({ left, right }) {
    const registered = this.#calls.find(({ call }) => call.path === "/v1/comparisons");
    const order = registered?.call.response?.order;
    if (!order) return;
    const models = order[0] === 0 ? [left, right] : [right, left];
    for (const entry of this.#calls) {
      const { request, response } = entry.call;
      for (const [index, answer] of (request.responses ?? []).entries()) answer.model = models[index];
      if (response?.models?.includes(LEFT_OUT)) response.models = models;
      const item = callItem(entry.call, entry.item.dataset.time);
      item.querySelector("details").open = entry.item.querySelector("details").open;
      entry.item.replaceWith(item);
      entry.item = item;
    }
  }
}

function add(item) {
  const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 60;
  log.append(item);
  if (isAtEnd) log.scrollTop = log.scrollHeight;
}

function callItem(call, time = clockTime()) {
  const isGood = call.status >= 200 && call.status < 300;
  return h(
    "li",
    { class: "entry call", "data-time": time },
    h(
      "details",
      {},
      h(
        "summary",
        {},
        h("span", { class: "line" }, h("span", { class: "kind" }, "server call"), h("span", { class: "time" }, time)),
        h("code", { class: "name" }, `${call.method} ${call.path}`),
        h(
          "span",
          { class: "line result" },
          h("span", { class: isGood ? "good" : "bad" }, call.status ?? "no answer"),
          h("span", {}, `${call.ms} ms`),
          h("span", { class: "gist" }, gistOfCall(call)),
        ),
      ),
      jsonBlock("Request", call.request, call.headers),
      call.response === null ? null : jsonBlock("Response", call.response),
    ),
  );
}

function eventItem(name, detail) {
  const time = clockTime();
  return h(
    "li",
    { class: "entry event" },
    h(
      "details",
      {},
      h(
        "summary",
        {},
        h("span", { class: "line" }, h("span", { class: "kind" }, "event"), h("span", { class: "time" }, time)),
        h("code", { class: "name" }, name),
        h("span", { class: "line result" }, h("span", { class: "gist" }, gistOfEvent(name, detail))),
      ),
      jsonBlock("detail", detail),
    ),
  );
}

function gistOfCall({ path, response, request }) {
  const said = REASONS[path] ?? "";
  if (path === "/v1/invitations" && response && "ask" in response) {
    return `${said} ${response.ask ? "Yes." : `No: ${response.reason}.`}`;
  }
  if (path === "/v1/comparisons" && response?.status) return `${said}: ${response.reason ?? response.status}.`;
  if (path === "/v1/preferences" && request) return `${said}.`;
  return response?.title ?? said;
}

function gistOfEvent(name, detail) {
  const isOfRating = detail.id?.startsWith("fbk_");
  const told = {
    "pairvote:ready": isOfRating ? "The thumbs can be seen." : "Both answers can be seen.",
    "pairvote:feedback": `Rated: ${[detail.rating, ...(detail.reasons ?? [])].join(", ")}.`,
    "pairvote:vote": detail.changed ? `Changed to ${detail.choice}.` : `Voted: ${detail.choice}.`,
    "pairvote:undo": isOfRating ? "The rating is taken back." : "The vote is taken back.",
    "pairvote:skip": "Skipped; both answers are deleted.",
    "pairvote:optout": `Do not ask again: ${detail.ask}.`,
    "pairvote:report": "A response was reported.",
    "pairvote:expired": "The time is over.",
    "pairvote:error": detail.title ?? detail.code,
  };
  return told[name] ?? "";
}

/** A receipt belongs to the person: the page passes it on, and does not print it. */
function shortened(detail) {
  return detail.receipt ? { ...detail, receipt: `${detail.receipt.slice(0, 4)}… for the visitor` } : detail;
}

function jsonBlock(label, value, headers) {
  const whole = JSON.stringify(value, null, 2);
  const button = h("button", { type: "button", class: "copy" }, "Copy");
  button.setAttribute("aria-label", `Copy ${label}`);
  button.addEventListener("click", async () => {
    button.textContent = (await copyText(whole)) ? "Copied" : "Not possible here";
    setTimeout(() => (button.textContent = "Copy"), 1600);
  });
  const code = h("code", {});
  for (const [name, content] of Object.entries(headers ?? {})) {
    code.append(h("span", { class: "header" }, `${name}: ${content}\n`));
  }
  if (headers) code.append("\n");
  code.append(...highlighted(value, ""));
  return h(
    "div",
    { class: "json" },
    h("div", { class: "json-head" }, h("span", {}, label), button),
    h("pre", { tabindex: "0", "aria-label": label }, code),
  );
}

/** JSON as nodes, indented; long texts are cut, the copy button has them whole. */
function highlighted(value, indent) {
  if (typeof value === "string") return [h("span", { class: "string" }, cut(value))];
  if (value === null || typeof value !== "object") return [h("span", { class: "value" }, String(value))];
  const entries = Object.entries(value);
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  if (entries.length === 0) return [open + close];
  const below = `${indent}  `;
  const nodes = [`${open}\n`];
  for (const [index, [key, each]] of entries.entries()) {
    nodes.push(below);
    if (!Array.isArray(value)) nodes.push(h("span", { class: "key" }, JSON.stringify(key)), ": ");
    nodes.push(...highlighted(each, below), index < entries.length - 1 ? ",\n" : "\n");
  }
  return [...nodes, indent + close];
}

function cut(text) {
  const more = text.length - LONGEST;
  if (more < 20) return JSON.stringify(text);
  return `${JSON.stringify(text.slice(0, LONGEST)).slice(0, -1)}…" (${more} more characters)`;
}
