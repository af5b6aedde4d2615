// One conversation: what was said, newest at the bottom; older pages above, read in as one scrolls up, without a jump.

import { make } from "../elements.js";
import { makePause } from "../said.js";
import { makeBubble } from "./bubble.js";

const NEAR_BOTTOM_PX = 80;
const NEAR_TOP_PX = 200;

export class Talk {
  /** `onEarlier(before)` gives an older page; `tools` are what a bubble is drawn with. */
  constructor(root, { tools, onEarlier }) {
    this.log = root.querySelector("[data-log]");
    this.newer = root.querySelector("[data-newer]");
    this.tools = tools;
    this.onEarlier = onEarlier;
    this.newer.addEventListener("click", () => this.scroll());
    this.log.addEventListener("scroll", () => this.scrolled(), { passive: true });
    new ResizeObserver(() => this.atEnd && this.scroll()).observe(this.log);
    this.forget();
  }

  forget() {
    this.bubbles = new Map();
    this.pending = new Map();
    this.shared = new Set(); // bubbles whose why stands below a later one
    this.pages = [];
    this.atEnd = true;
    this.reading = false;
    this.log.replaceChildren();
    this.newer.hidden = true;
  }

  show({ bubbles, before }) {
    this.forget();
    this.pages = [{ before, ids: bubbles.map((bubble) => bubble.id) }];
    bubbles.forEach((bubble) => this.bubbles.set(bubble.id, bubble));
    this.draw();
    this.scroll();
  }

  /** What is new, what may look different now, and what was taken back. Says whether the buyer is among the new. */
  hear({ bubbles, changed, gone }) {
    const near = this.isNearBottom();
    const fresh = bubbles.filter((bubble) => !this.bubbles.has(bubble.id));
    for (const bubble of [...bubbles, ...changed.filter((each) => this.isOther(each))]) this.put(bubble);
    for (const id of gone) this.take(id);
    if (fresh.length > 0) {
      if (near) this.scroll();
      else if (fresh.some((bubble) => bubble.who === "buyer")) this.newer.hidden = false;
    }
    return fresh.some((bubble) => bubble.who === "buyer");
  }

  /** Something became higher, such as a picture that was loaded. */
  grew() {
    if (this.atEnd) this.scroll();
  }

  put(bubble) {
    const known = this.bubbles.get(bubble.id);
    this.bubbles.set(bubble.id, bubble);
    if (known) {
      const old = this.rowOf(bubble.id);
      if (!old) return;
      const row = this.make(bubble);
      if (old.classList.contains("row-same")) row.classList.add("row-same");
      row.classList.add("row-still");
      old.replaceWith(row);
      return;
    }
    this.pages.at(-1)?.ids.push(bubble.id);
    this.append(bubble, this.last());
  }

  /** Whether it looks different now: a row that stays keeps what is marked in it. What is older than all shown is not missed. */
  isOther(bubble) {
    const known = this.bubbles.get(bubble.id);
    if (known) return JSON.stringify(known) !== JSON.stringify(bubble);
    const [oldest] = this.bubbles.values();
    return oldest === undefined || new Date(bubble.at) > new Date(oldest.at);
  }

  take(id) {
    this.bubbles.delete(id);
    this.rowOf(id)?.remove();
  }

  /** What was on its way to the server, below everything that it has, has come. */
  arrived(key) {
    this.pending.get(key)?.remove();
    this.pending.delete(key);
  }

  // Drawing

  draw() {
    this.log.replaceChildren(...this.pending.values());
    let before = null;
    for (const bubble of this.bubbles.values()) {
      this.append(bubble, before);
      before = bubble;
    }
  }

  append(bubble, before) {
    const anchor = this.pending.values().next().value ?? null;
    for (const element of this.rowsOf(bubble, before)) this.log.insertBefore(element, anchor);
    this.whyOnce(bubble, before);
  }

  rowsOf(bubble, before) {
    const row = this.make(bubble);
    const pause = makePause(before ? new Date(before.at) : null, new Date(bubble.at));
    if (pause) return [pause, row];
    if (isSame(before, bubble)) row.classList.add("row-same");
    return [row];
  }

  /** Bubbles of one decision share their why: it stands below the last of them. */
  whyOnce(bubble, before) {
    if (bubble.decision_id === null || before?.decision_id !== bubble.decision_id) return;
    this.shared.add(before.id);
    this.rowOf(before.id)?.querySelector(".fate-why")?.remove();
  }

  make(bubble) {
    const row = makeBubble(bubble, this.tools);
    if (this.shared.has(bubble.id)) row.querySelector(".fate-why")?.remove();
    return row;
  }

  last() {
    return [...this.bubbles.values()].at(-1) ?? null;
  }

  /** The newest bubble of which this holds. */
  lastOf(holds) {
    return [...this.bubbles.values()].findLast(holds) ?? null;
  }

  said() {
    return { byBuyer: this.lastOf(({ who, text }) => who === "buyer" && text !== "") !== null, byBot: this.lastOf(({ who, decision_id }) => who === "bot" && decision_id !== null) !== null };
  }

  rowOf(id) {
    return this.log.querySelector(`[data-id="${CSS.escape(id)}"]`);
  }

  // Scrolling

  scrolled() {
    this.atEnd = this.isNearBottom();
    if (this.atEnd) {
      this.newer.hidden = true;
      if (this.pages.length > 1) this.older?.trim(this);
    }
    if (this.log.scrollTop < NEAR_TOP_PX && this.pages[0]?.before) this.earlier();
  }

  /** An older page; what reads them in is loaded with the first. */
  async earlier() {
    this.older ??= await import("./older.js").catch(() => null);
    await this.older?.earlier(this);
  }

  isNearBottom() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR_BOTTOM_PX;
  }

  scroll() {
    this.log.scrollTop = this.log.scrollHeight;
    this.atEnd = true;
    this.newer.hidden = true;
  }
}

function isSame(before, bubble) {
  return before !== null && before.who === bubble.who && before.staff_id === bubble.staff_id && bubble.who !== "system" && before.conversation_id === bubble.conversation_id && bubble.sender === before.sender;
}
