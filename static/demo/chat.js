// One conversation of a visitor: its turns on the page, and what it goes on with.

import { fillAnswer } from "./answers.js";
import { Comparison } from "./comparison.js";
import { byId, h, mayMove } from "./dom.js";
import { beginTurn } from "./panel.js";
import { NoAnswer, askAgain, offerThumbs, sendMessage } from "./server.js";
import { thumbs } from "./thumbs.js";

// Why Pairvote was not asked, or said no, in the words of the product.
const WHY = {
  opted_out: "You asked not to compare answers, so there is one.",
  one_thread:
    "This server runs with one thread, and the demo needs two: one for Plover, one for Pairvote. Start it with PAIRVOTE_THREADS=2 or more.",
  busy: "Pairvote is busy with other visitors, so Plover answered without it.",
  too_slow: "Pairvote did not answer in time, so Plover answered without it.",
  unreachable: "Pairvote could not be reached, so Plover answered without it.",
  refused: "Pairvote refused the call, so Plover answered without it. The server’s side says why.",
};

const WISHES = {
  week: "Plover will not ask you to compare for a week.",
  conversation: "Plover will not ask you to compare in this conversation.",
  never: "Plover will not ask you to compare again.",
};

const announce = (text) => (byId("status").textContent = text);

export class Chat {
  step = 0;
  kept = [];
  isBusy = false;
  comparison = null;

  /** `changed` is called whenever other suggestions are in place; `setAsk` when the visitor's setting changes. */
  constructor(talk, visitor, { changed, setAsk }) {
    this.talk = talk;
    this.visitor = visitor;
    this.changed = changed;
    this.setAsk = setAsk;
    this.node = h("ol", { class: "turns", "aria-label": "Messages" });
    for (let i = 0; i < talk.earlier.length; i += 2) this.#showEarlier(talk.earlier[i], talk.earlier[i + 1]);
  }

  /** The prompt that the demo knows an answer to, if there is one now. */
  get nextPrompt() {
    return this.isBusy || this.isUndecided ? null : (this.talk.prompts[this.step] ?? null);
  }

  /** Whether a comparison waits for the visitor. */
  get isUndecided() {
    return this.comparison !== null && ["waiting", "open"].includes(this.comparison.state);
  }

  /** Takes what the visitor sends. */
  async send(text) {
    this.comparison?.leave();
    while (this.isBusy) await this.answered;
    this.#goOn();
    const prompt = this.talk.prompts[this.step];
    if (prompt === undefined || text.trim() !== prompt) return this.#excuse(text);
    this.answered = this.#ask(prompt);
    await this.answered;
  }

  #showEarlier(question, answer) {
    const turn = this.#addTurn(question.content);
    fillAnswer(turn.box, answer.content);
    this.log = beginTurn(question.content);
    this.#offerThumbs(turn, []);
  }

  /** An answer that stands alone can be rated. `kept` are the answers up to this one. Nobody waits for it. */
  async #offerThumbs(turn, kept) {
    const { log, talk, visitor } = this;
    const said = await offerThumbs({ conversation: talk.id, account: visitor.account, kept });
    log.addCalls(said.calls);
    if (!said.ask) return;
    const { ticket } = said.ask;
    turn.box.after(thumbs({ ticket, locale: talk.locale, log, optedOut: (wish) => this.setAsk(wish) }));
  }

  async #ask(prompt) {
    const turn = this.#addTurn(prompt);
    this.log = beginTurn(prompt);
    this.#setBusy(true);
    turn.box.append(h("p", { class: "thinking" }, h("span", {}), h("span", {}), h("span", {})));
    announce("Plover is thinking.");
    try {
      const said = await this.#call(turn, true);
      if (said.ask) this.#compare(turn, said.ask);
      else await this.#answer(turn, said);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      this.#apologise(turn);
    }
    this.#setBusy(false);
  }

  async #call(turn, compare) {
    const { id } = this.talk;
    const body = { conversation: id, account: this.visitor.account, step: turn.step, kept: turn.kept, compare };
    const said = await sendMessage(body);
    this.log.addCalls(said.calls);
    return said;
  }

  #addTurn(prompt) {
    const { locale } = this.talk;
    const box = h("div", { class: "answer content", lang: locale, dir: "auto" });
    const reply = h("div", { class: "reply" }, h("p", { class: "unseen" }, "Plover:"), box);
    const item = h(
      "li",
      { class: "turn" },
      h("div", { class: "sent" }, h("p", { class: "unseen" }, "You:"), h("p", { class: "bubble", lang: locale, dir: "auto" }, prompt)),
      reply,
    );
    this.node.append(item);
    item.scrollIntoView({ block: "start", behavior: mayMove() ? "smooth" : "instant" });
    return { item, reply, box, step: this.step, kept: [...this.kept] };
  }

  async #answer(turn, { answer, why }) {
    turn.box.replaceChildren();
    if (WHY[why]) this.#note(turn, WHY[why], why === "opted_out");
    await fillAnswer(turn.box, answer, { typed: true });
    announce("Plover has answered.");
    this.kept[turn.step] = answer;
    this.step = turn.step + 1;
    if (why !== "opted_out") this.#offerThumbs(turn, this.kept.slice(0, this.step));
  }

  #compare(turn, ask) {
    const asked = new Comparison({
      ticket: ask.ticket,
      locale: this.talk.locale,
      log: this.log,
      host: {
        ready: () => {
          turn.box.replaceChildren();
          turn.item.scrollIntoView({ block: "start", behavior: mayMove() ? "smooth" : "instant" });
          announce("Two answers to compare.");
          this.changed();
        },
        chosen: (content) => this.#choose(turn, asked, content),
        undone: () => this.#takeBack(turn),
        plain: () => this.#answerPlainly(turn),
        optedOut: (wish) => {
          this.setAsk(wish);
          this.#note(turn, WISHES[wish] ?? WISHES.never, true);
        },
        refused: (problem) => this.#explain(turn, problem),
      },
    });
    this.comparison = asked;
    turn.reply.append(asked.node);
  }

  /** The chosen answer is the chat's answer; without a choice it is Plover's usual one. */
  async #choose(turn, asked, content) {
    const text = content ?? (await this.#usualAnswer(turn));
    if (text === null) return;
    this.kept[turn.step] = text;
    this.step = Math.max(this.step, turn.step + 1);
    if (asked.isFolded) return fillAnswer(turn.box, text);
    const button = h("button", { type: "button", class: "quiet" }, "Continue");
    button.addEventListener("click", () => {
      this.#goOn();
      byId("message").focus();
    });
    asked.foot.replaceChildren(
      h("p", {}, content === null ? "Plover goes on with its usual answer." : "Plover goes on with the answer you chose."),
      button,
    );
    this.changed();
  }

  /** What Plover answers by itself; null, and said so, where its server does not answer. */
  async #usualAnswer(turn) {
    try {
      return (await this.#call(turn, false)).answer;
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      this.#apologise(turn);
      return null;
    }
  }

  #takeBack(turn) {
    this.kept.length = turn.step;
    this.step = turn.step;
    this.changed();
  }

  #answerPlainly(turn) {
    this.answered = this.#plainly(turn);
  }

  async #plainly(turn) {
    this.#setBusy(true);
    try {
      // The answer stands below what the element still says.
      turn.reply.append(turn.box);
      await this.#answer(turn, await this.#call(turn, false));
      turn.box.scrollIntoView({ block: "nearest", behavior: mayMove() ? "smooth" : "instant" });
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      this.#apologise(turn);
    }
    this.#setBusy(false);
  }

  /** The visitor moves on: a comparison becomes the answer that came of it. */
  #goOn() {
    const asked = this.comparison;
    if (asked === null || asked.isFolded) return;
    const item = asked.node.closest(".turn");
    asked.fold();
    if (asked.state === "voted") {
      const box = item.querySelector(".answer");
      asked.node.after(box);
      fillAnswer(box, this.kept[this.step - 1]);
    }
    this.comparison = null;
    this.changed();
  }

  #excuse(text) {
    const { box } = this.#addTurn(text);
    const known = this.nextPrompt ? "Take the suggestion below" : "Take another conversation";
    fillAnswer(
      box,
      `I am a demo and know only my own conversations. What you typed has not left this page. ${known}, and I will have answers.`,
      { typed: true },
    );
    box.lang = "en";
    announce("Plover knows only its own conversations.");
    this.changed();
  }

  #apologise(turn) {
    const again = h("button", { type: "button", class: "quiet" }, "Try again");
    again.addEventListener("click", () => {
      turn.item.remove();
      this.send(this.talk.prompts[turn.step]);
    });
    turn.box.lang = "en";
    turn.box.replaceChildren(h("p", {}, "Plover’s server does not answer. Is it still running?"), again);
    announce("Plover’s server does not answer.");
  }

  #explain(turn, problem) {
    const text =
      problem.code === "origin-not-allowed"
        ? `The demo’s workspace does not know this address. On the server: flask workspace set demo --origin ${location.origin}, together with those it has.`
        : `The vote was refused: ${problem.title}.`;
    this.#note(turn, text);
  }

  #note(turn, text, withChange = false) {
    const note = h("p", { class: "notice" }, h("span", {}, text));
    if (withChange) {
      const button = h("button", { type: "button", class: "quiet" }, "Ask me again");
      button.addEventListener("click", () => this.#askAgain(note));
      note.append(" ", button);
    }
    turn.reply.append(note);
  }

  async #askAgain(note) {
    const said = await askAgain(this.visitor.account);
    this.log.addCalls(said.calls);
    if (said.ask === null) return;
    note.replaceChildren("Plover asks you again.");
    this.setAsk(said.ask);
  }

  #setBusy(isBusy) {
    this.isBusy = isBusy;
    this.changed();
  }
}
