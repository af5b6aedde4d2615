// One stream for all tabs of a browser: over HTTP/1.1 a browser keeps six connections to a host, and six open windows
// would leave none to say something by. One tab leads: it follows the conversation and tells the others. When it goes,
// or falls silent, another one leads.

import { addressOf } from "../elements.js";
import { Stream } from "../stream.js";
import { freshId } from "../ids.js";

const ANSWERS_WITHIN_MS = 2_000;
const SILENCE_MS = 45_000; // the leader hears from the server every 15 s at least, and says so

export class SharedStream {
  /** `onTranscript` and `onWhy` hear what was said and decided in a conversation, `onState` the same as `Stream`'s. */
  constructor(options) {
    const { lang } = document.documentElement;
    this.options = options;
    this.name = ["xiaoer.stream", options.channel, options.visitor, lang].join(".");
    this.address = addressOf(`chat/${encodeURIComponent(options.channel)}/events?${new URLSearchParams({ lang })}`);
    this.id = freshId();
    this.items = new Map(); // all that was said, by who and id, whoever led then
    this.whys = new Map(); // by their own words
    this.after = "";
    this.stream = null;
    this.timer = null;
    this.look = () => document.visibilityState === "visible" && this.ask();
  }

  start() {
    if (!("locks" in navigator) || !("BroadcastChannel" in window)) return this.lead();
    this.bus = new BroadcastChannel(this.name);
    this.bus.addEventListener("message", ({ data }) => this.hear(data));
    document.addEventListener("visibilitychange", this.look);
    this.options.onState("connecting");
    this.queue();
    this.ask();
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.look);
    this.bus?.close();
    this.stream?.stop();
    this.waiting?.abort();
    this.release?.();
  }

  // Who leads: whoever holds the lock of this name

  queue() {
    this.waiting = new AbortController();
    this.hold({ signal: this.waiting.signal });
  }

  takeOver() {
    this.waiting.abort();
    this.hold({ steal: true });
  }

  hold(how) {
    let led = null;
    const leading = () => new Promise((release) => {
      this.release = release;
      led = this.lead();
    });
    navigator.locks.request(this.name, how, leading).catch(() => led && led === this.stream && this.follow());
  }

  lead() {
    clearTimeout(this.timer);
    if (this.stopped) return this.release?.();
    this.stream?.stop();
    this.stream = new Stream({
      address: this.address,
      headers: { "Xiaoer-Visitor": this.options.visitor },
      after: this.after,
      heard: {
        transcript: (transcript) => this.tell({ transcript, after: this.stream.after }),
        why: (why) => this.tell({ why }),
      },
      onState: (state) => this.tell({ state }),
    });
    this.stream.start();
    return this.stream;
  }

  /** Another tab has taken the lead, and may have told others what this one did not listen to. */
  follow() {
    this.stream.stop();
    this.stream = null;
    if (this.stopped) return;
    this.queue();
    this.ask(SILENCE_MS);
  }

  // What is said among the tabs

  tell(news) {
    this.take(news);
    this.bus?.postMessage(news);
  }

  hear(news) {
    if (news.ask && this.stream) this.answer(news);
    if (news.ask || this.stream || (news.to ?? this.id) !== this.id) return;
    this.expect(SILENCE_MS);
    this.take(news);
  }

  /** Tell a tab that asks how things stand, and all that was said: it takes what is new to it. */
  answer({ ask }) {
    const transcript = { items: [...this.items.values()], ...this.stands };
    this.bus.postMessage({ to: ask, state: this.state, ...(this.after && { transcript, after: this.after }) });
    this.whys.forEach((why) => this.bus.postMessage({ to: ask, why }));
  }

  take({ transcript, after, why, state }) {
    if (after) this.after = after;
    if (transcript) this.read(transcript);
    if (why) this.explain(why, JSON.stringify(why));
    if (state) {
      this.state = state;
      this.options.onState(state);
    }
  }

  /** What was said before may come again: from whoever leads anew, or answers. */
  read({ items, ...stands }) {
    const keyOf = ({ author, id }) => `${author} ${id}`;
    const fresh = items.filter((item) => !this.items.has(keyOf(item)));
    fresh.forEach((item) => this.items.set(keyOf(item), item));
    this.stands = { ...stands, beside: { ...stands.beside, types: false } }; // whoever asks later is not told that somebody writes now
    this.options.onTranscript({ items: fresh, ...stands });
  }

  explain(why, said) {
    if (this.whys.has(said)) return;
    this.whys.set(said, why);
    this.options.onWhy(why);
  }

  ask(patience = ANSWERS_WITHIN_MS) {
    if (this.stream) return;
    this.bus.postMessage({ ask: this.id });
    this.expect(patience);
  }

  expect(milliseconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.takeOver(), milliseconds);
  }
}
