// What the buyer said and the shop does not have yet: sent in order, one at a time, again and again until it is there.
// It outlives a reload of the page. The same id goes with every try, so a message that arrives twice counts once.

const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 30_000;

export class Outbox {
  /** `send(message)` ends in an outcome of outgoing.js; `onState(message, state, outcome)` hears "sending", "sent" or "failed". */
  constructor({ key, send, onState }) {
    this.key = `xiaoer.unsent.${key}`;
    this.send = send;
    this.onState = onState;
    this.messages = this.kept();
    this.busy = false;
    this.stopped = false;
    this.notBefore = 0;
    this.wait = FIRST_WAIT_MS;
    this.timer = null;
    this.wake = () => this.run();
    addEventListener("online", this.wake);
  }

  add(message) {
    this.fill(this.reserve(), message);
  }

  /** A place for what is not ready yet: what is added later waits behind it, until it is filled or given up. */
  reserve() {
    const place = {};
    this.messages.push(place);
    return place;
  }

  /** Say it where its place is, or at the end if that was given up meanwhile. */
  fill(place, message) {
    Object.assign(place, message);
    if (!this.messages.includes(place)) this.messages.push(place);
    this.keep();
    this.run();
  }

  giveUp(place) {
    this.messages = this.messages.filter((message) => message !== place);
    this.run();
  }

  /** The shop has it, whatever the request ended in. */
  arrived(id) {
    this.messages = this.messages.filter((message) => message.id !== id);
    this.keep();
  }

  /** Send now what waits, unless the shop has asked for patience. */
  async run() {
    if (this.busy || this.stopped || Date.now() < this.notBefore) return;
    clearTimeout(this.timer);
    this.busy = true;
    while (this.messages[0]?.id && (await this.sendFirst()));
    this.busy = false;
  }

  async sendFirst() {
    const [message] = this.messages;
    this.onState(message, "sending");
    const outcome = await this.send(message);
    if (this.stopped) return false;
    const isHere = this.messages[0] !== message; // it came back by the stream meanwhile
    if (isHere) return true;
    if (!outcome.ok && !outcome.final) return this.later(message, outcome);
    this.wait = FIRST_WAIT_MS;
    this.arrived(message.id);
    this.onState(message, outcome.ok ? "sent" : "failed", outcome);
    return true;
  }

  later(message, outcome) {
    const asked = outcome.waitSeconds * 1000;
    this.notBefore = Date.now() + asked;
    this.timer = setTimeout(this.wake, Math.max(asked + 1, this.wait));
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
    this.onState(message, "failed", outcome);
    return false;
  }

  /** Begin anew as somebody else: nothing of this one is sent any more. */
  forget() {
    this.stopped = true;
    clearTimeout(this.timer);
    removeEventListener("online", this.wake);
    this.messages = [];
    this.keep();
  }

  keep() {
    try {
      sessionStorage.setItem(this.key, JSON.stringify(this.messages.filter(({ id }) => id)));
    } catch {
      // storage is blocked: it is kept as long as the page lasts
    }
  }

  kept() {
    try {
      return JSON.parse(sessionStorage.getItem(this.key) ?? "[]");
    } catch {
      return [];
    }
  }
}
