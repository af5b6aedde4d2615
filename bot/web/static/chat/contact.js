// Nobody of the shop is there: the buyer may leave a phone number or a mail address. They need not, and may put it away.

import { addressOf } from "../elements.js";

const LEFT = "xiaoer.contact";
const ASKS = new Set(["away", "handoff"]); // after such a word of the bot somebody is to come back to the buyer

export class Contact {
  /** `onDone()` hears that the buyer is back at their message. */
  constructor(root, { channel, words, onDone }) {
    Object.assign(this, { channel, words, onDone });
    this.root = root.querySelector("[data-contact]");
    this.form = this.root.querySelector("form");
    this.field = this.form.querySelector("input");
    this.why = this.root.querySelector("p");
    this.note = this.root.querySelector("[data-contact-note]");
    this.told = this.root.querySelector("[data-contact-told]");
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.leave();
    });
    this.root.querySelector("[data-contact-shut]").addEventListener("click", () => {
      this.isShut = true;
      this.show();
      this.onDone();
    });
    this.root.querySelector("[data-contact-change]").addEventListener("click", () => {
      this.left = "";
      this.show();
      this.field.focus();
    });
  }

  begin(visitor) {
    this.visitor = visitor;
    this.left = kept(`${LEFT}.${this.channel}.${visitor}`);
    this.isWanted = false;
    this.isShut = false;
    this.staffed = true;
    this.show();
  }

  /** What has just been said, who leads, and whether people of the shop are there at this hour. */
  hear(items, { mode, staffed }) {
    this.staffed = staffed;
    if (items.some((item) => item.author === "bot" && ASKS.has(item.kind))) this.isWanted = true;
    if (mode === "human") this.isWanted = false;
    this.show();
  }

  show() {
    const { left } = this;
    this.root.hidden = this.staffed || !this.isWanted || this.isShut;
    this.form.hidden = this.why.hidden = left !== "";
    this.told.hidden = left === "";
    this.told.querySelector("span").textContent = left ? this.words("chat.contact_left", { contact: left }) : "";
  }

  async leave() {
    const contact = this.field.value.trim();
    if (contact === "") return this.say("chat.contact_wrong");
    this.say("chat.contact_sending");
    try {
      const address = addressOf(`chat/${encodeURIComponent(this.channel)}/contact`);
      const response = await fetch(address, { method: "POST", headers: { "Content-Type": "application/json", "Xiaoer-Visitor": this.visitor }, body: JSON.stringify({ contact }) });
      if (response.status === 422) return this.say((await response.json()).reason === "no_conversation" ? "chat.contact_early" : "chat.contact_wrong");
      if (!response.ok) return this.say("chat.contact_failed");
      this.left = (await response.json()).kept;
    } catch {
      return this.say("chat.contact_failed");
    }
    this.say("");
    keep(`${LEFT}.${this.channel}.${this.visitor}`, this.left);
    this.field.value = "";
    this.show();
    this.onDone();
  }

  say(key) {
    this.note.textContent = key ? this.words(key) : "";
    this.field.setAttribute("aria-invalid", String(key === "chat.contact_wrong"));
  }
}

function keep(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // it is known as long as the page lasts
  }
}

function kept(name) {
  try {
    return localStorage.getItem(name) ?? "";
  } catch {
    return "";
  }
}
