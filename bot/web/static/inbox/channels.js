// Where an answer goes, when the same buyer writes on several channels: to that of their last word, until one picks another.

import { make } from "../elements.js";

export class Channels {
  /** `onPick(conversation)` hears to which of them one wants to answer. */
  constructor(root, { words, clock, onPick }) {
    Object.assign(this, { root, words, clock, onPick });
    this.shown = [];
  }

  show(headers, target) {
    this.shown = headers.map((each) => each.conversation_id);
    this.target = target;
    this.root.hidden = headers.length < 2;
    if (this.root.hidden) return this.root.replaceChildren();
    const at = this.shown.indexOf(Number(document.activeElement?.dataset.answerTo));
    this.root.replaceChildren(make("span", { class: "muted" }, this.words("desk.answer_to")), ...headers.map((each) => this.button(each)));
    if (at >= 0) this.root.querySelectorAll("button")[at].focus();
    this.clock.tick(this.root);
  }

  button(header) {
    const id = header.conversation_id;
    const waits = header.waiting_since ? make("time", { class: "timer", "data-since": header.waiting_since, "data-due": header.due_at }) : null;
    const button = make("button", { type: "button", class: "view", "data-answer-to": id, "aria-pressed": String(id === this.target) }, make("span", { dir: "auto" }, header.channel), waits);
    button.addEventListener("click", () => this.onPick(id));
    return button;
  }

  /** The one after it; says whether there is another. */
  next() {
    if (this.shown.length < 2) return false;
    this.onPick(this.shown[(this.shown.indexOf(this.target) + 1) % this.shown.length]);
    return true;
  }
}
