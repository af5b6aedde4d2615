// Tells the shop that the buyer writes, and up to which reply they have read. Only while a person of the shop is there
// for them, and only while the window is looked at. Nothing depends on it.

import { addressOf } from "../elements.js";

const TYPES_AGAIN_MS = 4_000;

export class Signs {
  /** `isLookedAt()` says whether the window stands open before the buyer. */
  constructor({ channel, visitor, isLookedAt }) {
    this.isLookedAt = isLookedAt;
    this.address = addressOf(`chat/${encodeURIComponent(channel)}/signs`);
    this.visitor = visitor;
    this.mode = "bot";
    this.typed = -Infinity;
    this.last = null;
    this.told = null;
    document.addEventListener("visibilitychange", () => this.look());
  }

  types() {
    if (this.mode === "bot" || this.mode === "closed" || performance.now() - this.typed < TYPES_AGAIN_MS) return;
    this.typed = performance.now();
    this.post({ types: true });
  }

  heard(id) {
    this.last = id ?? this.last;
    this.look();
  }

  look() {
    if (this.mode !== "human" || this.last === null || this.told === this.last || document.visibilityState !== "visible" || !this.isLookedAt()) return;
    this.told = this.last;
    this.post({ heard: this.last });
  }

  post(sign) {
    const body = JSON.stringify({ visitor: this.visitor, ...sign });
    fetch(this.address, { method: "POST", headers: { "Content-Type": "application/json" }, body }).catch(() => {
      // the next sign says it
    });
  }
}
