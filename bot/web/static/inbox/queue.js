// The queue: who waits, longest first, as the server orders them. Rows stay the same elements, so that focus stays too.

import { addressOf, make } from "../elements.js";

const LONGEST_BUYER = 20;

/** What a buyer is called: their name, else their id where it can be read, else the end of it. */
export function nameOf(item, words) {
  if (item.buyer_name) return item.buyer_name;
  return item.buyer.length <= LONGEST_BUYER ? item.buyer : words("desk.visitor", { id: item.buyer.slice(-4) });
}

/** Does this row stand for the conversation: its own, or the same buyer's on another channel? */
export function isOf(item, id) {
  return item.conversation_id === id || Boolean(item.merged?.includes(id));
}

export class Queue {
  /** `onOpen(id)` hears which conversation is wanted, `onMore` that the next page is. */
  constructor(root, { words, clock, me, onOpen, onMore }) {
    this.list = root.querySelector("[data-queue]");
    this.empty = root.querySelector("[data-queue-empty]");
    this.more = root.querySelector("[data-queue-more]");
    this.words = words;
    this.clock = clock;
    this.me = me;
    this.rows = new Map();
    this.items = [];
    this.open = null;
    this.list.addEventListener("click", (event) => {
      const row = event.target.closest("[data-id]");
      if (!row || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      onOpen(Number(row.dataset.id));
    });
    this.more.addEventListener("click", () => onMore());
  }

  /** Show these, in this order. `empty` says what it means when there are none. */
  show(items, { after, empty }) {
    this.items = items;
    const kept = new Map(items.map((item) => [item.conversation_id, this.rowOf(item)]));
    for (const [id, row] of this.rows) if (!kept.has(id)) row.remove();
    this.rows = kept;
    let at = this.list.firstElementChild;
    for (const row of kept.values()) {
      if (row === at) at = at.nextElementSibling;
      else this.list.insertBefore(row, at);
    }
    this.more.hidden = !after;
    this.empty.hidden = items.length > 0;
    if (items.length === 0) this.empty.replaceChildren(...empty);
    this.clock.tick(this.list);
  }

  mark(open) {
    this.open = open;
    for (const item of this.items) this.current(item, this.rows.get(item.conversation_id).firstElementChild);
  }

  current(item, link) {
    if (isOf(item, this.open)) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }

  /** The conversation that stands `by` rows further than the open one; null at either end. */
  beside(by) {
    const at = this.items.findIndex((item) => isOf(item, this.open));
    const to = at < 0 ? (by > 0 ? 0 : this.items.length - 1) : at + by;
    return this.items[to]?.conversation_id ?? null;
  }

  scrollTo(id) {
    const item = this.items.find((each) => isOf(each, id));
    this.rows.get(item?.conversation_id)?.scrollIntoView({ block: "nearest" });
  }

  rowOf(item) {
    const row = this.rows.get(item.conversation_id) ?? make("li", {});
    const drawn = JSON.stringify(item);
    if (row.drawn === drawn) return row;
    row.drawn = drawn;
    const link = row.firstElementChild ?? make("a", { class: "queue-row", href: addressOf(`console/inbox/${item.conversation_id}`), "data-id": item.conversation_id });
    link.replaceChildren(this.first(item), this.second(item));
    link.dataset.waits = String(item.waiting_since !== null);
    this.current(item, link);
    if (!link.isConnected) row.append(link);
    return row;
  }

  first(item) {
    const waits = item.waiting_since
      ? make("time", { class: "timer", "data-since": item.waiting_since, "data-due": item.due_at, title: this.words("desk.waits_since", { time: this.exact(item.waiting_since) }) })
      : make("time", { class: "queue-at", title: this.exact(item.last_at) }, this.when(item.last_at));
    return make("span", { class: "queue-line" }, make("b", { class: "queue-name", dir: "auto", title: item.buyer_name || item.buyer }, nameOf(item, this.words)), waits);
  }

  second(item) {
    const who = item.last_who === "buyer" || item.last_who === "system" ? null : make("span", { class: "queue-said" }, this.words(`desk.said_${item.last_who}`));
    const words = make("span", { class: "queue-words", dir: "auto" }, who, item.last_words || this.words(item.last_who === "system" ? "desk.no_words" : "desk.a_picture"));
    return make("span", { class: "queue-line" }, words, ...this.marks(item));
  }

  marks(item) {
    const marks = [];
    if (item.score !== null && item.score <= 2) marks.push(this.words("desk.unsatisfied"));
    if (item.blocked) marks.push(this.words("desk.blocked"));
    if (item.snoozed_until) marks.push(this.words("desk.snoozed_until", { time: this.when(item.snoozed_until) }));
    const holder = item.assignee_id === null ? null : item.assignee_id === this.me.id ? this.words("desk.mine") : item.assignee_name;
    return [...marks, holder].filter(Boolean).map((mark) => make("span", { class: "queue-mark", dir: "auto" }, mark));
  }

  when(moment) {
    const at = new Date(moment);
    const today = at.toDateString() === new Date(this.clock.now()).toDateString();
    const how = today ? { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } : { month: "numeric", day: "numeric" };
    return new Intl.DateTimeFormat(document.documentElement.lang, how).format(at);
  }

  exact(moment) {
    return new Date(moment).toLocaleString(document.documentElement.lang);
  }
}
