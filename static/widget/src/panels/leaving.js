// Skipping, not being asked again, and taking back what was given before: each is one call that is tried a few times.

/** @typedef {import("../core/stage.js").Stage} Stage */

const PAUSES = [1000, 3000, 8000];
const WEEK = 7 * 24 * 3_600_000;

/** Skips, if there is something to skip. @param {Stage} stage @param {string} [said] words that say more than that it is skipped */
export function skip(stage, said = "") {
  const { session } = stage;
  if (session.state !== "open") return false;
  session.state = "skipped";
  session.said = said;
  stage.emit("skip", { id: session.id, reason: "not_now" });
  stage.update();
  sendSkip(stage, "not_now");
  return true;
}

/** Says why it was skipped. @param {Stage} stage @param {string} reason */
export function sendSkip(stage, reason) {
  return send(stage, "POST", "/skip", { reason });
}

/**
 * Remembers that the person does not want to be asked; an open comparison is skipped with it.
 *
 * @param {Stage} stage @param {"week" | "conversation" | "never"} ask
 * @returns {Promise<boolean>} whether it is remembered
 */
export async function stopAsking(stage, ask) {
  const { session } = stage;
  const week = new Date(Date.now() + WEEK).toISOString();
  const wish = { week, conversation: "not_in_conversation", never: "never" }[ask];
  const told = await send(stage, "PUT", "/preferences", { ask: wish });
  if (!told) return false;
  stage.emit("optout", { id: session.id, ask });
  stage.equipment?.offer(told.withdrawable_votes);
  session.said = `ask_done_${ask}`;
  if (!skip(stage, session.said)) stage.update();
  return true;
}

/**
 * Remembers what the person shares from now on. Who shares nothing is not asked: an open comparison is skipped with it.
 *
 * @param {Stage} stage @param {string} level @returns {Promise<boolean>} whether it is remembered
 */
export async function choose(stage, level) {
  const { session } = stage;
  const told = await send(stage, "PUT", "/preferences", { sharing: level });
  if (!told) return false;
  stage.equipment?.offer(told.withdrawable_votes);
  if (session.data?.notice_update) session.data.notice_update.requires_choice = false;
  session.said = `share_done_${level}`;
  if (level !== "off" || !skip(stage, session.said)) stage.update();
  return true;
}

/**
 * Withdraws all votes and ratings of the person, also the one that stands here.
 *
 * @param {Stage} stage @returns {Promise<boolean>} whether it has begun
 */
export async function withdrawAll(stage) {
  const { session } = stage;
  if (!(await send(stage, "POST", "/withdrawal"))) return false;
  const hadVote = session.vote !== null;
  session.vote = session.kept = session.recorded = null;
  session.receipt = "";
  if (session.state === "voted" || session.state === "final") session.state = "unrecorded";
  session.said = "withdraw_done";
  if (hadVote) stage.emit("undo", { id: session.id });
  stage.update();
  return true;
}

/**
 * @param {Stage} stage @param {string} method @param {string} path @param {object} [body]
 * @returns {Promise<any>} what was answered; null where it did not get through
 */
async function send({ session }, method, path, body) {
  for (const pause of [...PAUSES, 0]) {
    try {
      return await session.api.call(method, path, body, { keepalive: true });
    } catch (/** @type {any} */ error) {
      if (!pause || !error.isTemporary) {
        session.tell(error);
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  return null;
}
