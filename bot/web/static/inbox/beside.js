// The bot beside you: its draft of an answer and the two next best, ready to be changed and sent.

import { make } from "../elements.js";

export class Beside {
  /** `onTake(draft)` hears which one is wanted in the field. */
  constructor(root, { words, onTake }) {
    Object.assign(this, { root, words, onTake });
    this.drafts = [];
  }

  show(drafts) {
    this.drafts = drafts.map((draft) => ({ ...draft, text: draft.texts.join("\n\n") }));
    this.root.hidden = this.drafts.length === 0;
    this.root.replaceChildren(make("span", { class: "drafts-title" }, this.words("desk.drafts")), ...this.drafts.map((draft, at) => this.row(draft, at + 1)));
  }

  row(draft, number) {
    const sure = draft.confidence === null || draft.confidence === undefined ? "" : ` ${Math.round(draft.confidence * 100)}%`;
    const button = make("button", { type: "button", class: "draft", "aria-label": this.words("desk.draft_take", { n: number, title: draft.title }) }, make("kbd", {}, `Alt+${number}`), make("span", { class: "draft-text", dir: "auto" }, draft.text), make("small", { dir: "auto" }, `${draft.title}${sure}`));
    button.addEventListener("click", () => this.onTake(draft));
    return button;
  }

  take(number) {
    const draft = this.drafts[number - 1];
    if (draft) this.onTake(draft);
    return Boolean(draft);
  }
}
