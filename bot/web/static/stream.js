// Follows server-sent events, comes back by itself after any break, and says how it stands.
// It fetches instead of using EventSource, which cannot send headers: a visitor's id is a secret and stands in no address.

const SILENCE_MS = 45_000; // the server says something at least every 15 s
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

export class Stream {
  /**
   * `heard` maps the names of events to who hears their data. `onState` hears "connecting", "open", "lost" or "offline",
   * `onRefused` an answer that no waiting mends; `after` is where an earlier one stopped.
   */
  constructor({ address, headers = {}, heard, onState, onRefused = () => {}, after = "" }) {
    this.address = address;
    this.headers = headers;
    this.heard = heard;
    this.onState = onState;
    this.onRefused = onRefused;
    this.after = after;
    this.wait = FIRST_WAIT_MS;
    this.timer = null;
    this.control = null;
    this.isOpen = false;
    this.wake = () => this.reopen();
    this.look = () => document.visibilityState === "visible" && !this.isOpen && this.reopen();
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
    this.control = new AbortController();
    this.follow(this.control);
  }

  close() {
    clearTimeout(this.timer);
    this.isOpen = false;
    this.control?.abort();
    this.control = null;
  }

  reopen() {
    this.onState("lost");
    this.open();
  }

  async follow(control) {
    try {
      await this.read(control);
    } catch {
      // whatever broke it, there is one way on: to come back
    }
    if (this.control === control) this.lost();
  }

  async read(control) {
    const headers = { ...this.headers, ...(this.after ? { "Last-Event-ID": this.after } : {}) };
    const response = await fetch(this.address, { headers, cache: "no-store", signal: control.signal });
    if (!response.ok) {
      const seconds = Number.parseInt(response.headers.get("Retry-After") ?? "", 10) || 0;
      this.wait = Math.max(this.wait, seconds * 1000);
      if (response.status === 401 || response.status === 403) this.onRefused(response);
      return;
    }
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    for (let text = "", chunk = {}; !chunk.done && this.control === control; chunk = await reader.read()) {
      this.stillThere();
      const events = (text + decoder.decode(chunk.value ?? new Uint8Array(), { stream: true })).split("\n\n");
      text = events.pop();
      events.forEach((event) => this.hear(event));
    }
  }

  hear(event) {
    const said = Object.fromEntries(event.split("\n").map((line) => line.split(/: (.*)/s, 2)));
    if (said.id) this.after = said.id;
    if (said.event in this.heard) this.heard[said.event]?.(JSON.parse(said.data));
  }

  stillThere() {
    this.wait = FIRST_WAIT_MS;
    this.isOpen = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(this.wake, SILENCE_MS);
    this.onState("open");
  }

  lost() {
    this.close();
    this.onState(navigator.onLine ? "lost" : "offline");
    this.timer = setTimeout(() => this.open(), this.wait * (0.75 + Math.random() / 2));
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
  }
}
