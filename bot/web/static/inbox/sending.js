// Answers on their way to the server: in order, again and again with the same key until it has them, also after a reload.

import { make } from "../elements.js";
import { Outbox } from "../chat/outbox.js";
import { freshId } from "../ids.js";

const KEPT = "xiaoer.unsent.";

export class Sending {
  /**
   * `clicked()` ends when the clicks of until now are through; `versionOf(conversation, version)` says what the person has seen then,
   * where they saw that version as they sent. `onShow` shows what is under way; `onDone(conversation, message, answer)`;
   * `onEdit` takes it back into the field.
   */
  constructor({ words, hands, clicked, versionOf, onShow, onDone, onEdit }) {
    Object.assign(this, { words, hands, clicked, versionOf, onShow, onDone, onEdit });
    this.boxes = new Map();
    this.turns = new Map(); // by key: the clicks that come `before` it, and whether its first try has `sent` it
    this.refused = new Map(); // what the server will not take, by key, as long as it is shown: [conversation, message]
    this.resume();
  }

  /** Say something in a conversation. The key is that of the draft, so that a second try is no second answer. */
  send(conversation, { key, version, ...said }) {
    this.turns.set(key, makeTurn(this.clicked()));
    this.box(conversation).add({ ...said, id: key, version });
  }

  /** What waits in a conversation, to be shown when it is opened. */
  waiting(conversation) {
    return this.boxes.get(conversation)?.messages ?? [];
  }

  /** Whether all that was said in these conversations until now was sent by its first try, as soon as that is known. */
  async isThrough(conversations) {
    const said = conversations.flatMap((conversation) => this.waiting(conversation));
    for (const { id } of said) if (!(await this.turns.get(id)?.sent)) return false;
    return true;
  }

  retry() {
    this.boxes.forEach((box) => box.run());
  }

  box(conversation) {
    if (!this.boxes.has(conversation)) {
      const box = new Outbox({
        key: `desk.${conversation}`,
        send: (message) => this.post(conversation, message),
        onState: (message, state, outcome) => this.show(conversation, message, state, outcome),
      });
      this.boxes.set(conversation, box);
    }
    return this.boxes.get(conversation);
  }

  resume() {
    try {
      const kept = Object.keys(sessionStorage).filter((name) => name.startsWith(`${KEPT}desk.`) && sessionStorage.getItem(name) !== "[]");
      kept.forEach((name) => this.box(Number(name.slice(`${KEPT}desk.`.length))).run());
    } catch {
      // storage is blocked: nothing was kept
    }
  }

  async post(conversation, message) {
    if (!message.tried) await this.settle(conversation, message);
    const { id, version, tried, ...said } = message;
    const answer = await this.hands.act(conversation, "answer", { key: id, version }, said);
    if (answer.outcome === "done") return { ok: true, answer };
    const problem = this.hands.problemOf(answer);
    return { ok: false, final: answer.outcome !== "failed" || !answer.retry, problem, waitSeconds: answer.seconds ?? 0, answer };
  }

  /** What was refused is shown no more (all of it, or that of one conversation): `hear(conversation, message)` takes it. */
  giveUp(hear, only = null) {
    for (const [id, [conversation, message]] of this.refused) {
      if (only !== null && only !== conversation) continue;
      this.refused.delete(id);
      hear(conversation, message);
    }
  }

  /** From the first try on it is known what the person had seen: what others do after that is news to them. */
  async settle(conversation, message) {
    await this.turns.get(message.id)?.before;
    message.version = this.versionOf(conversation, message.version);
    message.tried = true;
    this.boxes.get(conversation).keep();
  }

  show(conversation, message, state, outcome) {
    if (state !== "sending") this.tried(message.id, outcome);
    if (state === "sent") return this.onDone(conversation, message, outcome.answer);
    if (state === "sending") return this.onShow(conversation, message, "sending", this.words("fate.leaving"));
    if (!outcome.final) return this.onShow(conversation, message, "failed", `${outcome.problem} ${this.words("fate.tries_again")}`);
    this.refused.set(message.id, [conversation, message]);
    const edit = this.link("fate.edit", () => this.refused.delete(message.id) && this.onEdit(conversation, message));
    const anyway = outcome.answer.outcome === "faster" ? [this.link("fate.anyway", () => this.refused.delete(message.id) && this.send(conversation, { ...message, key: freshId(), version: outcome.answer.version, replaces: message.id }))] : [];
    this.onShow(conversation, message, "failed", outcome.problem, ...anyway, edit);
  }

  /** Tell the first outcome to whoever waits for it. It is kept as long as the message waits. */
  tried(id, { ok, final }) {
    this.turns.get(id)?.tell(ok);
    if (ok || final) this.turns.delete(id);
  }

  link(key, onClick) {
    const button = make("button", { type: "button", class: "link" }, this.words(key));
    button.addEventListener("click", () => {
      button.disabled = true;
      onClick();
    });
    return button;
  }
}

function makeTurn(before) {
  const turn = { before };
  turn.sent = new Promise((resolve) => (turn.tell = resolve));
  return turn;
}
