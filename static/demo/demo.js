// Plover, a chat product that uses Pairvote. The visitor is a random number in this page's memory and nowhere else.

import { Chat } from "./chat.js";
import { byId, h } from "./dom.js";
import { closeCover, startDrawers } from "./drawers.js";
import { beginTurn, clearLog } from "./panel.js";
import { NoAnswer, askAgain, listConversations, settingsPage } from "./server.js";

const TITLE = "Plover, the Pairvote demo";
const SETTINGS = {
  yes: "You are asked to compare answers.",
  week: "You are not asked to compare for a week.",
  conversation: "You are not asked to compare in that conversation.",
  never: "You are not asked to compare answers.",
};

let talks = [];
let visitor;
/** @type {Chat | null} */
let current = null;

/** Somebody else sits down: a new account, no conversations, nothing remembered. */
function welcomeVisitor() {
  const bytes = crypto.getRandomValues(new Uint8Array(9));
  const account = `visitor-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  visitor = { account, chats: new Map() };
  byId("account").textContent = `Visitor ${account.slice(8, 12)}`;
  clearLog();
  setAsk("yes");
  showWelcome();
  for (const link of document.querySelectorAll(".talk")) link.classList.remove("visited");
}

function setAsk(ask) {
  const words = SETTINGS[ask] ?? SETTINGS.never;
  byId("setting").replaceChildren(h("span", { class: ask === "yes" ? "on" : "off" }), words);
  if (ask === "yes") return;
  const button = h("button", { type: "button", class: "link" }, "Ask me again");
  button.addEventListener("click", async () => {
    const { ask: now, calls } = await askAgain(visitor.account);
    beginTurn("Setting changed").addCalls(calls);
    if (now) setAsk(now);
  });
  byId("setting").append(" ", button);
}

/** In a tab of its own: a visitor lives as long as this page does. It is opened at the click, which browsers want. */
async function openSettings() {
  const tab = open("about:blank", "_blank");
  const { url, calls } = await settingsPage(visitor.account);
  beginTurn("Settings opened").addCalls(calls);
  if (url && tab) return tab.location.replace(url);
  tab?.close();
  byId("status").textContent = "The settings page could not be opened.";
}

function showWelcome() {
  current = null;
  byId("title").textContent = "Plover";
  byId("title").lang = "en";
  document.title = TITLE;
  history.replaceState(null, "", location.pathname);
  markCurrent(null);
  const cards = talks.filter((talk) => talk.suggested).map((talk) => {
    const card = h(
      "button",
      { type: "button", class: "card" },
      h("span", { class: "topic" }, talk.topic),
      h("span", { class: "prompt", lang: talk.locale, dir: "auto" }, talk.prompts[0]),
    );
    card.addEventListener("click", () => {
      openTalk(talk);
      current.send(talk.prompts[0]);
      byId("message").focus();
    });
    return card;
  });
  byId("thread").replaceChildren(
    h(
      "div",
      { class: "welcome" },
      h("h2", {}, "What would you like to know?"),
      h(
        "p",
        {},
        "Plover is a chat product that does not exist. Ask it something: it will show two answers and ask which is better. An answer that stands alone has thumbs. What stands in a dashed frame is Pairvote, everything else is Plover.",
      ),
      h("div", { class: "cards" }, ...cards),
    ),
  );
  suggest();
}

function openTalk(talk) {
  if (!visitor.chats.has(talk.id)) {
    const chat = new Chat(talk, visitor, { changed: suggest, setAsk });
    visitor.chats.set(talk.id, chat);
  }
  current = visitor.chats.get(talk.id);
  byId("title").textContent = talk.title;
  byId("title").lang = talk.locale;
  document.title = `${talk.title} · ${TITLE}`;
  history.replaceState(null, "", `#${talk.id}`);
  markCurrent(talk.id);
  const hint = current.node.childElementCount === 0 ? h("p", { class: "begin" }, "A new conversation. The suggestion below begins it.") : null;
  byId("thread").replaceChildren(...(hint ? [hint] : []), current.node);
  byId("thread").scrollTop = byId("thread").scrollHeight;
  suggest();
}

function markCurrent(id) {
  for (const link of document.querySelectorAll(".talk")) {
    if (link.dataset.id === id) {
      link.setAttribute("aria-current", "true");
      link.classList.add("visited");
    } else link.removeAttribute("aria-current");
  }
}

/** Offers what the demo has answers to: the next prompt, or other conversations. */
function suggest() {
  const row = byId("suggestions");
  document.querySelector(".begin")?.toggleAttribute("hidden", current?.node.childElementCount !== 0);
  if (current === null || current.isBusy || current.isUndecided) return row.replaceChildren();
  if (current.nextPrompt) {
    const { locale } = current.talk;
    const chip = h("button", { type: "button", class: "chip", lang: locale, dir: "auto" }, current.nextPrompt);
    chip.addEventListener("click", () => send(current.nextPrompt));
    return row.replaceChildren(chip);
  }
  const fresh = talks.filter((talk) => !visitor.chats.has(talk.id));
  const at = fresh.findIndex((talk) => talk.topic !== current.talk.topic);
  const others = [fresh.find((talk) => talk.topic === current.talk.topic), fresh[at]].filter(Boolean);
  row.replaceChildren(
    h("span", {}, "Go on to"),
    ...others.map((talk) => {
      const chip = h("button", { type: "button", class: "chip next", lang: talk.locale, dir: "auto" }, talk.title);
      chip.addEventListener("click", () => {
        openTalk(talk);
        byId("message").focus();
      });
      return chip;
    }),
  );
}

async function send(text) {
  const box = byId("message");
  box.value = "";
  fitBox();
  box.focus();
  if (current === null) {
    const known = talks.find((talk) => talk.prompts[0] === text.trim());
    if (!known) return excuse();
    openTalk(known);
  }
  await current.send(text);
}

/** The demo has no model: what is written freely is answered here, and goes nowhere. */
function excuse() {
  const words = "I am a demo and know only my own conversations. What you typed has not left this page. Take one of these:";
  document.querySelector(".welcome .notice")?.remove();
  document.querySelector(".welcome .cards").before(h("p", { class: "notice", role: "alert" }, words));
}

function fitBox() {
  const box = byId("message");
  box.rows = Math.min(6, box.value.split("\n").length);
}

function listTalks() {
  const topics = [...new Set(talks.map((talk) => talk.topic))];
  byId("talk-list").replaceChildren(
    ...topics.map((topic) =>
      h(
        "div",
        {},
        h("h2", { id: `topic-${topics.indexOf(topic)}` }, topic),
        h(
          "ul",
          { "aria-labelledby": `topic-${topics.indexOf(topic)}` },
          ...talks.filter((talk) => talk.topic === topic).map((talk) => {
            const link = h("button", { type: "button", class: "talk", "data-id": talk.id, lang: talk.locale, dir: "auto" }, talk.title);
            link.addEventListener("click", () => {
              openTalk(talk);
              closeCover("talks");
              byId("message").focus();
            });
            return h("li", {}, link);
          }),
        ),
      ),
    ),
  );
}

function listen() {
  byId("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = byId("message").value;
    if (text.trim()) send(text);
  });
  byId("message").addEventListener("input", fitBox);
  byId("message").addEventListener("keydown", (event) => {
    // An Enter that ends a word of Japanese is not a wish to send.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    byId("composer").requestSubmit();
  });
  byId("start-over").addEventListener("click", () => {
    showWelcome();
    closeCover("talks");
    byId("title").focus();
  });
  byId("settings").addEventListener("click", openSettings);
  byId("new-visitor").addEventListener("click", () => {
    welcomeVisitor();
    closeCover("talks");
    byId("status").textContent = "You are somebody else now. Nothing is remembered of the visitor before.";
    byId("title").focus();
  });
}

startDrawers();
try {
  talks = await listConversations();
  listTalks();
  listen();
  const wanted = talks.find((talk) => talk.id === location.hash.slice(1));
  welcomeVisitor();
  if (wanted) openTalk(wanted);
} catch (error) {
  if (!(error instanceof NoAnswer)) throw error;
  byId("thread").replaceChildren(h("p", { class: "notice" }, "Plover’s server does not answer. Reload the page when it runs."));
}
