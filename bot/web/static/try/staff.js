// The shop's person in a try-out: says something, after which the bot is to fall silent, or ends the conversation.

import { post } from "../chat/outgoing.js";
import { addressOf } from "../elements.js";
import { freshId } from "../ids.js";

export class Staff {
  constructor(root, { words, visitor }) {
    this.root = root;
    this.words = words;
    this.visitor = visitor;
    this.opener = root.querySelector("[data-staff-open]");
    this.form = root.querySelector("[data-staff-form]");
    this.field = this.form.querySelector("input");
    this.note = root.querySelector("[data-staff-note]");
    this.opener.addEventListener("click", () => this.open());
    root.querySelector("[data-staff-cancel]").addEventListener("click", () => this.shut());
    root.querySelector("[data-staff-end]").addEventListener("click", () => this.end());
    this.form.addEventListener("keydown", (event) => event.key === "Escape" && this.shut());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.speak(this.field.value.trim());
    });
  }

  open() {
    this.form.hidden = false;
    this.opener.setAttribute("aria-expanded", "true");
    this.field.focus();
  }

  shut() {
    this.form.hidden = true;
    this.opener.setAttribute("aria-expanded", "false");
    this.opener.focus();
  }

  async speak(text) {
    if (text === "") return;
    const said = await this.tell("staff", { text }, "try.staff_failed");
    if (!said) return;
    this.field.value = "";
    this.field.focus();
  }

  end() {
    return this.tell("close", { text: this.words("try.close") }, "try.close_failed");
  }

  async tell(address, body, failure) {
    const { below, proof } = this.root.dataset; // in the console it is a form like any other, with its proof
    const headers = proof ? { "Xiaoer-Proof": proof } : {};
    const message = { message_id: freshId(), visitor: this.visitor(), ...body };
    const outcome = await post(addressOf(`${below}/${address}`), message, this.words, headers);
    this.note.textContent = outcome.ok ? "" : this.words(failure);
    return outcome.ok;
  }
}
