// The calls of this page to its own server, app/demo/routes.py. What is typed freely never leaves the page.

/** Plover's server did not answer, or not as it should. */
export class NoAnswer extends Error {}

async function call(path, body) {
  let response;
  try {
    response = await fetch(path, {
      method: body ? "POST" : "GET",
      headers: body ? { "Content-Type": "application/json" } : {},
      body: body ? JSON.stringify(body) : undefined,
      credentials: "omit",
    });
  } catch {
    throw new NoAnswer("network");
  }
  if (!response.ok) throw new NoAnswer(String(response.status));
  return response.json();
}

/** What one can talk about. */
export async function listConversations() {
  return (await call("/demo/api/conversations")).conversations;
}

/** Sends a prompt: `ask` with a ticket, or an `answer`; and the `calls` that were made for it. */
export function sendMessage(message) {
  return call("/demo/api/messages", message);
}

/** Asks for thumbs under an answer: `ask` with a ticket, or null. */
export async function offerThumbs(answer) {
  try {
    return await call("/demo/api/feedback", answer);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return { ask: null, calls: [] };
  }
}

/** The `url` of the visitor's settings page; null where that did not work. */
export async function settingsPage(account) {
  try {
    return await call("/demo/api/settings", { account });
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return { url: null, calls: [] };
  }
}

/** Takes "don't ask me again" back; `ask` is null where that did not work. */
export async function askAgain(account) {
  try {
    return await call("/demo/api/ask-again", { account });
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return { ask: null, calls: [] };
  }
}
