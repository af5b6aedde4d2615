// Follows one conversation by server-sent events, comes back by itself after any break, and says how it stands.

const SILENCE_MS = 45_000; // the server says something at least every 15 s
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

export class Stream {
  /** `onState` hears "connecting", "open", "lost" or "offline". */
  constructor({ channel, visitor, onTranscript, onWhy, onState }) {
    const asked = new URLSearchParams({ visitor, lang: document.documentElement.lang });
    this.address = `/chat/${encodeURIComponent(channel)}/events?${asked}`;
    this.heard = { transcript: onTranscript, why: onWhy };
    this.onState = onState;
    this.after = "";
    this.wait = FIRST_WAIT_MS;
    this.timers = [];
    this.source = null;
    this.wake = () => this.reopen();
    this.look = () => document.visibilityState === "visible" && this.reopenWhenClosed();
  }

  start() {
    addEventListener("online", this.wake);
    addEventListener("offline", this.sleep);
    document.addEventListener("visibilitychange", this.look);
    this.onState("connecting");
    this.open();
  }

  stop() {
    removeEventListener("online", this.wake);
    removeEventListener("offline", this.sleep);
    document.removeEventListener("visibilitychange", this.look);
    this.close();
  }

  sleep = () => this.onState("offline");

  open() {
    this.close();
    const source = new EventSource(this.after ? `${this.address}&after=${encodeURIComponent(this.after)}` : this.address);
    this.source = source;
    for (const name of ["transcript", "why"]) {
      source.addEventListener(name, (event) => this.hear(name, event));
    }
    source.addEventListener("alive", () => this.stillThere());
    source.addEventListener("open", () => this.stillThere());
    source.addEventListener("error", () => this.lost(source));
  }

  close() {
    this.timers.forEach(clearTimeout);
    this.timers = [];
    if (this.source) this.source.close();
  }

  hear(name, event) {
    this.stillThere();
    if (event.lastEventId) this.after = event.lastEventId;
    this.heard[name]?.(JSON.parse(event.data));
  }

  stillThere() {
    this.wait = FIRST_WAIT_MS;
    this.timers.forEach(clearTimeout);
    this.timers = [setTimeout(this.wake, SILENCE_MS)];
    this.onState("open");
  }

  lost(source) {
    this.onState(navigator.onLine ? "lost" : "offline");
    // A refused connection is retried by the browser itself; an answer that is no stream is not.
    if (source.readyState === EventSource.CLOSED) this.later();
  }

  later() {
    this.timers.forEach(clearTimeout);
    this.timers = [setTimeout(() => this.open(), this.wait * (0.75 + Math.random() / 2))];
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
  }

  reopen() {
    this.onState("lost");
    this.open();
  }

  reopenWhenClosed() {
    if (this.source?.readyState !== EventSource.OPEN) this.reopen();
  }
}
