// Takes the receipt from the address, looks it up at once, and withdraws without a page in between. Without this file
// the page's forms do the same. The receipt stays in this page's memory: it is stored nowhere and sent in bodies alone.

const RECEIPT = /pvr_[A-Za-z0-9_-]{32}/;
// A withdrawal from research takes a job a few seconds.
const AGAIN_MS = 3000;
const MOST_AGAIN = 20;

const form = document.getElementById("ask");
const field = document.getElementById("receipt");
const answer = document.getElementById("answer");
const sure = document.getElementById("sure");
const language = document.documentElement.lang;
// Dates as they are written where the reader is: British and American English differ.
const region = navigator.languages.find((each) => each.split("-")[0] === language) ?? language;

let receipt = "";
// Every question has a number: an answer that comes after a newer question is not shown.
let asked = 0;

/** Asks the server; the state to show, with what goes into its text. */
async function call(action) {
  try {
    const response = await fetch(`/v1/receipts/${action}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ receipt }),
      credentials: "omit",
      cache: "no-store",
      referrerPolicy: "no-referrer",
    });
    if (response.ok) return await response.json();
    return { state: response.status === 404 ? "unknown" : "unavailable" };
  } catch {
    return { state: "unavailable" };
  }
}

function readable(told) {
  if (told.undo_until) {
    const exact = new Date(told.undo_until);
    return [told.undo_until, new Intl.DateTimeFormat(region, { dateStyle: "medium", timeStyle: "short" }).format(exact)];
  }
  // The server's day begins in Greenwich: another time zone would make it the day before.
  const monday = new Date(`${told.week}T00:00:00Z`);
  return [told.week, new Intl.DateTimeFormat(region, { dateStyle: "long", timeZone: "UTC" }).format(monday)];
}

/** Whether a sentence about data sets is true of what was told. */
function holds(sentence, told) {
  const some = (told.exports ?? []).length > 0;
  if (sentence === "some") return some;
  if (sentence === "none") return told.exports_known === true && !some;
  if (sentence === "unknown") return told.exports_known === false;
  return told.tombstoned === true;
}

/** A data set: what it was made for, when, and its name. */
function line(each, sentence) {
  const item = document.createElement("li");
  const [purpose, id, time] = ["bdi", "bdi", "time"].map((name) => document.createElement(name));
  [purpose.textContent, id.textContent] = [each.purpose ?? each.id, each.id];
  id.className = "id";
  [time.dateTime, time.textContent] = readable({ week: each.created_week });
  const [before, after] = sentence.split("{week}");
  item.append(purpose, " · ", before, time, after, " · ", id);
  return item;
}

function show(told) {
  const template = document.querySelector(`template[data-state="${told.state}"]`);
  const content = template.content.cloneNode(true);
  for (const time of content.querySelectorAll("time")) [time.dateTime, time.textContent] = readable(told);
  for (const part of content.querySelectorAll("[data-if]")) part.hidden = !holds(part.dataset.if, told);
  const list = content.querySelector("ul.exports");
  if (list) list.replaceChildren(...(told.exports ?? []).map((each) => line(each, list.dataset.week)));
  content.querySelector("[data-withdraw]")?.addEventListener("click", () => sure.showModal());
  answer.removeAttribute("aria-busy");
  answer.replaceChildren(content);
}

function wait() {
  answer.setAttribute("aria-busy", "true");
  const line = document.createElement("p");
  line.className = "working";
  line.textContent = answer.dataset.working;
  answer.replaceChildren(line);
}

async function ask(action) {
  const number = ++asked;
  wait();
  const told = await call(action);
  if (number !== asked) return;
  show(told);
  if (told.state === "withdrawing") follow(number, MOST_AGAIN);
}

/** Looks again until the record is gone; says nothing new before that. */
function follow(number, times) {
  if (times === 0) return;
  setTimeout(async () => {
    if (number !== asked) return;
    const told = await call("lookup");
    if (number !== asked) return;
    if (told.state === "withdrawn") show(told);
    else follow(number, times - 1);
  }, AGAIN_MS);
}

/** Whether the address had a receipt, which is taken out of it: a history or a screenshot does not keep it. */
function takeFromAddress() {
  const found = RECEIPT.exec(location.hash);
  if (!found) return false;
  history.replaceState(null, "", location.pathname + location.search);
  field.value = receipt = found[0];
  return true;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const found = RECEIPT.exec(field.value);
  if (found) {
    field.value = receipt = found[0];
    ask("lookup");
  } else {
    asked++;
    show({ state: "unknown" });
  }
});

sure.querySelector("[data-keep]").addEventListener("click", () => sure.close());
sure.querySelector("[data-confirm]").addEventListener("click", async () => {
  sure.close();
  await ask("withdraw");
  // The button that had the focus is gone.
  answer.querySelector("h2")?.focus();
});

// Another language is another page: the receipt goes with the link, in the part that no server is sent.
for (const link of document.querySelectorAll(".languages a")) {
  link.addEventListener("click", () => {
    link.hash = receipt;
  });
}

addEventListener("hashchange", () => {
  if (takeFromAddress()) ask("lookup");
});
if (takeFromAddress()) ask("lookup");
