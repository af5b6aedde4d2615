// Sends one message and says in words what became of it. The same id on every try, so a retry is never a second message.

const PATIENCE_MS = 15_000;

/** POST JSON; ends in { ok: true } or { ok: false, problem, waitSeconds, final }. `problem` is ready to be read. */
export async function post(address, body, words, headers = {}) {
  let response;
  try {
    response = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: JSON.stringify(body),
      signal: timeLimit(),
    });
  } catch {
    // no connection, or none that answered in time: it may even have arrived, which its id makes harmless
    return { ok: false, problem: words("chat.failed_offline"), waitSeconds: 0 };
  }
  return response.ok ? { ok: true } : refusal(response, words);
}

async function refusal(response, words) {
  const seconds = Number.parseInt(response.headers.get("Retry-After") ?? "", 10) || 0;
  if (response.status === 429) {
    return { ok: false, problem: words("chat.failed_fast", { seconds: Math.max(seconds, 1) }), waitSeconds: Math.max(seconds, 1) };
  }
  if (response.status === 400) {
    return { ok: false, problem: words("chat.failed_refused", { problem: await problemsOf(response) }), waitSeconds: 0, final: true };
  }
  if (response.status === 403 || response.status === 404) {
    return { ok: false, problem: words("chat.failed_reload"), waitSeconds: 0 };
  }
  return { ok: false, problem: words("chat.failed_busy"), waitSeconds: 0 };
}

async function problemsOf(response) {
  try {
    const { detail } = await response.json();
    return detail.map((each) => each.problem).join("; ");
  } catch {
    return String(response.status); // not in our words: the number is better than nothing
  }
}

function timeLimit() {
  const control = new AbortController();
  setTimeout(() => control.abort(), PATIENCE_MS);
  return control.signal;
}
