// Being told of buyers: the count in the tab's title, a notification and a sound; and a card that says what is off.

import { touched } from "../parts.js";
import { nameOf } from "./queue.js";

const SOUND_KEY = "xiaoer.sound";

const keyOf = (conversation, since) => `${conversation}/${since}`;

export class Alerts {
  constructor(root, { words, onOpen }) {
    Object.assign(this, { root, words, onOpen });
    this.title = document.title;
    this.known = null;
    navigator.serviceWorker?.addEventListener("message", ({ data }) => onOpen(Number(/\d+$/.exec(data.open)?.[0])));
    touched.then(() => this.bell()).then((bell) => bell?.wake());
    root.querySelector("[data-sound-on]").addEventListener("click", () => (this.isLoud = true));
    root.querySelector("[data-notify-on]").addEventListener("click", async () => {
      await Notification.requestPermission();
      this.draw();
    });
    this.draw();
  }

  /** How many buyers are owed an answer, mine and in all; who they are, and the notes that call me, to tell of what is new. */
  hear(counts, items, called) {
    const owed = (counts.unanswered_mine || counts.unanswered_all) + called.length;
    document.title = owed > 0 ? `(${owed}) ${this.title}` : this.title;
    if ("setAppBadge" in navigator) navigator.setAppBadge(counts.unanswered_all).catch(() => {});
    const waiting = new Map(items.filter((item) => item.waiting_since !== null).map((item) => [keyOf(item.conversation_id, item.waiting_since), item]));
    if (this.known !== null) {
      const fresh = [...waiting].filter(([key]) => !this.known.has(key)).map(([, item]) => item);
      if (fresh.length > 0) this.tell(fresh[0], fresh.length);
    }
    this.known = new Set([...waiting.keys(), ...items.flatMap((item) => item.behind.map(([id, since]) => keyOf(id, since)))]);
    this.hearCalls(called);
  }

  /** Notes that call me: what called before this page was opened shows in its view, and rings no more. */
  hearCalls(called) {
    const fresh = called.filter((each) => !this.calls?.has(each.note_id));
    if (this.calls && fresh.length > 0) this.ring(this.words("desk.called_by", { name: fresh[0].by }), fresh[0].text, fresh[0].conversation_id);
    this.calls = new Set([...(this.calls ?? []), ...fresh.map((each) => each.note_id)]);
  }

  /** Another view is looked at: whoever waits in it has not come just now. */
  forget() {
    this.known = null;
  }

  tell(item, count) {
    const name = nameOf(item, this.words);
    this.ring(name, count > 1 ? this.words("desk.notify_more", { name, n: count }) : item.last_words || this.words("desk.a_picture"), item.conversation_id);
  }

  async ring(title, said, conversation) {
    const bell = await this.bell();
    if (this.isLoud) bell?.sound();
    if (document.visibilityState === "visible" || !("Notification" in window) || Notification.permission !== "granted") return;
    bell?.show(title, said, conversation, this.onOpen);
  }

  /** What makes the sound is loaded once somebody is there: before that no browser lets it be heard. */
  async bell() {
    this.loaded ??= await import("./bell.js").catch(() => null);
    return this.loaded;
  }

  get isLoud() {
    try {
      return localStorage.getItem(SOUND_KEY) !== "off";
    } catch {
      return true;
    }
  }

  set isLoud(loud) {
    try {
      localStorage.setItem(SOUND_KEY, loud ? "on" : "off");
    } catch {
      // as long as the page lasts it stays as it was
    }
    this.draw();
  }

  // What would be missed

  draw() {
    document.querySelector("[data-sound]").setAttribute("aria-pressed", String(this.isLoud));
    const state = "Notification" in window ? Notification.permission : "missing";
    for (const each of this.root.children) each.hidden = each.dataset.off === "sound" ? this.isLoud : each.dataset.off !== state;
    this.root.hidden = [...this.root.children].every((each) => each.hidden);
  }
}
