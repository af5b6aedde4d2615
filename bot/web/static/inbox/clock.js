// The shop's time, and timers that count by it. The browser's own clock may be wrong by an hour; only the pace of it counts.

const SECOND_MS = 1_000;
const LOOK_MS = 250;
const STEPS = [
  [180, (s) => ["desk.seconds", { n: s }]],
  [600, (s) => [`${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`]],
  [7_200, (s) => ["desk.minutes", { n: Math.floor(s / 60) }]],
  [172_800, (s) => ["desk.hours", { n: Math.floor(s / 3_600) }]],
  [Infinity, (s) => ["desk.days", { n: Math.floor(s / 86_400) }]],
];

export class ShopClock {
  constructor(words) {
    this.words = words;
    this.ahead = null;
    setInterval(() => this.tick(document), LOOK_MS);
  }

  /** Hear what time it is at the shop. The answer that travelled fastest is the truest, so time never goes back. */
  hear(now) {
    this.ahead = Math.max(this.ahead ?? -Infinity, Date.parse(now) - performance.now());
  }

  now() {
    return this.ahead === null ? Date.now() : performance.now() + this.ahead;
  }

  /** Until a moment, in whole seconds, at least 0. */
  secondsUntil(moment) {
    return Math.max(0, Math.ceil((Date.parse(moment) - this.now()) / SECOND_MS));
  }

  since(moment) {
    const seconds = Math.max(0, Math.floor((this.now() - Date.parse(moment)) / SECOND_MS));
    const [key, values] = STEPS.find(([below]) => seconds < below)[1](seconds);
    return values ? this.words(key, values) : key;
  }

  /** Set every timer inside an element: its words, and its colour by the line that comes next. */
  tick(root) {
    for (const timer of root.querySelectorAll("[data-since]")) {
      const { since, due } = timer.dataset;
      const words = this.since(since);
      if (timer.textContent !== words) timer.textContent = words;
      const look = `timer${this.look(since, due)}`;
      if (timer.className !== look) timer.className = look;
    }
  }

  /** The last third before a line is near it. */
  look(since, due) {
    if (!due) return "";
    const now = this.now();
    const line = Date.parse(due);
    if (now >= line) return " timer-missed";
    return now >= line - (line - Date.parse(since)) / 3 ? " timer-near" : "";
  }
}
