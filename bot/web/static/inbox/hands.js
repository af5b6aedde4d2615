// What a person does goes to the server with the version they saw and a key of its own: asked twice, it is done once.

import { addressOf } from "../elements.js";

const PATIENCE_MS = 15_000;

export class Hands {
  constructor({ words, proof }) {
    this.words = words;
    this.proof = proof;
  }

  /**
   * Do one thing in a conversation. Ends in { outcome: "done", … }, { outcome: "faster", by, what, version } or
   * { outcome: "not", reason }, as the server says, or { outcome: "failed", problem, retry, seconds }.
   */
  act(conversation, verb, click, more = {}) {
    const body = { key: click.key, seen_version: click.version, ...more };
    return this.post(`console/inbox/${conversation}/${verb}`, body);
  }

  async post(path, body) {
    return this.ask(path, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json", "Xiaoer-Proof": this.proof } });
  }

  async get(path, patience = PATIENCE_MS) {
    return this.ask(path, {}, patience);
  }

  async ask(path, request, patience = PATIENCE_MS) {
    const control = new AbortController();
    const timer = setTimeout(() => control.abort(), patience);
    try {
      const response = await fetch(addressOf(path), { cache: "no-store", ...request, signal: control.signal });
      return response.ok ? await response.json() : this.refusal(response);
    } catch {
      return { outcome: "failed", problem: this.words("desk.no_network"), retry: true, seconds: 0 };
    } finally {
      clearTimeout(timer);
    }
  }

  refusal(response) {
    const seconds = Number.parseInt(response.headers.get("Retry-After") ?? "", 10) || 0;
    const key = { 401: "desk.signed_out", 403: "desk.not_allowed", 404: "desk.not_there", 413: "desk.too_big", 503: "desk.database_down" }[response.status] ?? "desk.server_trouble";
    return { outcome: "failed", problem: this.words(key), retry: response.status >= 500, seconds };
  }

  /** Why something was not done, in words; "" when it was. */
  problemOf(answer) {
    switch (answer.outcome) {
      case "faster":
        return this.words("desk.faster", { by: answer.by, what: this.words(`verb.${answer.what}`) });
      case "not":
        return this.words(`unable.${answer.reason}`);
      case "failed":
        return answer.problem;
      default:
        return "";
    }
  }
}
