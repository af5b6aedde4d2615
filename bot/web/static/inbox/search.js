// Conversations found by what was said in them. It is loaded once the field is touched, and shows what it finds in the queue.

import { make } from "../elements.js";

const ASK_AFTER_MS = 150;

export class Search {
  /** `onShut()` hears that the queue is wanted again. */
  constructor(form, { words, hands, queue, onShut }) {
    Object.assign(this, { words, hands, queue, onShut, isOn: false });
    this.field = form.querySelector("input");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.look();
    });
    this.field.addEventListener("input", () => this.later());
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      this.stop();
      this.field.blur();
    });
    if (this.field.value !== "") this.look();
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), ASK_AFTER_MS);
  }

  async look() {
    const q = this.field.value.trim();
    if (q === "") return this.stop();
    const answer = await this.hands.get(`console/inbox/search?${new URLSearchParams({ q })}`);
    if (q !== this.field.value.trim()) return;
    const hits = [...(answer.buyers ?? []), ...(answer.messages ?? [])];
    const items = hits.filter((hit, at) => hits.findIndex((each) => each.conversation_id === hit.conversation_id) === at).map((hit) => this.asItem(hit));
    const why = answer.too_short ? this.words("desk.too_short") : answer.buyers ? this.words("desk.found_nothing", { q }) : this.hands.problemOf(answer);
    this.isOn = true;
    this.queue.show(items, { after: "", empty: [make("div", { class: "empty" }, make("p", { class: "empty-title", dir: "auto" }, why))] });
  }

  /** What was found, as the queue shows it. */
  asItem({ conversation_id, channel, buyer_name, who, text, at }) {
    return { conversation_id, buyer_name, buyer: channel, last_at: at, last_who: who, last_words: text || this.words("desk.found_buyer"), waiting_since: null, assignee_id: null, score: null };
  }

  stop() {
    this.field.value = "";
    if (!this.isOn) return;
    this.isOn = false;
    this.onShut();
  }
}
