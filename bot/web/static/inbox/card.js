// What is known of the buyer, beside the conversation.

import { make } from "../elements.js";
import { nameOf } from "./queue.js";

export class Card {
  /**
   * `onTags({ add, remove }, conversation)` hears which tags change; `onOpen(id)` that another conversation is wanted, and
   * `onSplit(conversation)` that its buyer is another one after all.
   */
  constructor(root, { words, mayAnswer, onTags, onOpen, onSplit }) {
    Object.assign(this, { root, words, mayAnswer, onTags, onOpen, onSplit });
  }

  clear() {
    this.known = null;
    this.root.replaceChildren();
  }

  show(card) {
    this.known = card;
    const drawn = JSON.stringify(card);
    if (this.drawn === drawn && this.root.childElementCount > 0) return;
    this.drawn = drawn;
    const typing = this.root.contains(document.activeElement) && document.activeElement.tagName === "INPUT" ? document.activeElement.value : null;
    const all = [card, ...card.merged];
    this.root.replaceChildren(...[this.head(card), ...all.flatMap((each) => [this.facts(each), each === card ? null : this.splitter(each)]), this.hint(card), this.tags(all), this.past(all)].filter(Boolean));
    if (typing !== null) {
      const field = this.root.querySelector(".tags-add");
      field.value = typing;
      field.focus();
    }
  }

  head(card) {
    const marks = [card.blocked_since && this.words("desk.blocked"), card.is_new && this.words("desk.new_buyer")].filter(Boolean);
    return make("div", { class: "side-head" }, make("h3", { dir: "auto", title: card.buyer }, nameOf({ buyer_name: card.name, buyer: card.buyer }, this.words)), ...marks.map((mark) => make("span", { class: "chip" }, mark)));
  }

  facts(card) {
    const facts = [
      ["channel", card.channel],
      ["level", card.level],
      ["orders", card.orders],
      ["region", card.region],
      ["order_id", card.order_id],
      ...card.contacts.map(({ kind, value }) => [kind, value]),
    ].filter(([, value]) => value !== null && value !== "");
    return make("dl", { class: "side-facts" }, ...facts.map(([name, value]) => make("div", {}, make("dt", {}, this.words(`desk.fact_${name}`)), make("dd", { dir: "auto" }, reachable(name, String(value))))));
  }

  /** Earlier conversations: what lists them is loaded for the first buyer who had one. */
  past(all) {
    if (all.every((each) => each.earlier.length === 0) && all[0].elsewhere.length === 0) return null;
    const place = make("div", {});
    import("./past.js").then(({ listPast }) => listPast(place, all, this), () => {});
    return place;
  }

  /** Takes back that this one is the same buyer. */
  splitter(card) {
    if (!this.mayAnswer) return null;
    const button = make("button", { type: "button", class: "link", "aria-label": this.words("desk.split_this", { channel: card.channel }) }, this.words("desk.split"));
    button.addEventListener("click", () => this.onSplit(card.conversation_id));
    return make("p", { class: "side-merged" }, make("span", { dir: "auto", title: card.buyer }, nameOf({ buyer_name: card.name, buyer: card.buyer }, this.words)), button);
  }

  hint(card) {
    return card.is_new ? make("p", { class: "side-hint" }, this.words("desk.new_buyer_hint")) : null;
  }

  tags(all) {
    const [card] = all;
    const own = all.flatMap((each) => each.tags.map((tag) => this.tag(tag, each)));
    const given = all.flatMap((each) => each.platform_tags).map((tag) => make("span", { class: "chip", dir: "auto", title: this.words("desk.platform_tag") }, tag));
    const list = make("div", { class: "tags" }, ...own, ...given);
    if (this.mayAnswer) list.append(this.adder(card));
    return make("section", { class: "side-part" }, make("h4", {}, this.words("desk.tags")), list);
  }

  tag(tag, card) {
    const away = make("button", { type: "button", class: "tag-away", "aria-label": this.words("desk.tag_away", { tag }) }, "×");
    away.addEventListener("click", () => this.onTags({ remove: [tag] }, card.conversation_id));
    return make("span", { class: "chip", dir: "auto" }, tag, this.mayAnswer ? away : null);
  }

  adder(card) {
    const field = make("input", { class: "tags-add", "aria-label": this.words("desk.tag_add"), placeholder: this.words("desk.tag_add"), maxlength: "20", dir: "auto", enterkeyhint: "done" });
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      const tag = field.value.trim();
      field.value = "";
      if (tag && !card.tags.includes(tag)) this.onTags({ add: [tag] }, card.conversation_id);
    });
    return field;
  }
}

/** What one can ring or write to opens the program for that; where it is masked it is words alone. */
function reachable(name, value) {
  const scheme = { phone: "tel:", email: "mailto:" }[name];
  if (!scheme || value.includes("•")) return value;
  return make("a", { href: scheme + (name === "phone" ? value.replace(/[^\d+]/g, "") : encodeURI(value)) }, value);
}
