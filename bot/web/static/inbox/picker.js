// Quick phrases at the composer: `/` opens them, letters find them by words and pinyin initials, a figure sends one at
// once (it can be taken back for a few seconds), Enter puts it into the field.

import { addressOf, make } from "../elements.js";

const ASK_AFTER_MS = 60;
const PER_PAGE = 10;

export class Picker {
  /**
   * `find(conversation, letters)` and `fill(conversation, phrase, values)` ask the server, `askFor(phrase, names)` the
   * person. `onPick(phrase, filled)` puts it into the field, `onSend` sends it; `onShut` gives the field back.
   * `onLate(conversation, filled)` hears of what is filled only when `isOpen(conversation)` has ended.
   */
  constructor(root, { words, find, fill, askFor, onPick, onSend, onLate, isOpen, onShut, onProblem }) {
    Object.assign(this, { root, words, find, fill, askFor, onPick, onSend, onLate, isOpen, onShut, onProblem });
    this.field = make("input", { type: "search", class: "field-bare", role: "combobox", "aria-expanded": "true", "aria-controls": "picker-list", "aria-label": words("desk.phrases"), placeholder: words("desk.phrases_hint"), autocomplete: "off", maxlength: "100" });
    this.list = make("ol", { id: "picker-list", class: "picker-list", role: "listbox", "aria-label": words("desk.phrases") });
    this.said = make("p", { class: "picker-said", role: "status" });
    this.root.append(this.list, this.said, this.field);
    this.field.addEventListener("input", () => this.later());
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.field.addEventListener("blur", (event) => {
      if (!this.root.contains(event.relatedTarget)) this.shut({ focus: false });
    });
  }

  async open(conversation) {
    this.conversation = conversation;
    this.root.hidden = false;
    this.field.value = "";
    this.phrases = [];
    this.page = 0;
    this.at = 0;
    this.field.focus();
    this.look();
  }

  shut({ focus = true } = {}) {
    if (this.root.hidden) return;
    clearTimeout(this.timer);
    this.root.hidden = true;
    if (focus) this.onShut();
  }

  later() {
    if (/^[/、／]$/.test(this.field.value)) {
      this.field.value = "";
      return this.turn();
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), ASK_AFTER_MS);
  }

  look() {
    clearTimeout(this.timer);
    this.timer = null;
    this.looking = this.ask();
  }

  /** What is chosen is chosen from what was typed, however fast that went. */
  async found() {
    if (this.timer) this.look();
    await this.looking;
    return this.phrases;
  }

  async ask() {
    const wanted = this.field.value.replace(/['’\s]/g, ""); // as input methods write "k'd" while one types
    const answer = await this.find(this.conversation, wanted);
    if (wanted !== this.field.value.replace(/['’\s]/g, "")) return;
    this.phrases = answer.phrases ?? [];
    this.page = 0;
    this.at = 0;
    this.said.textContent = answer.outcome === "failed" ? answer.problem : "";
    this.draw();
  }

  /** The next ten. */
  turn() {
    this.page = (this.page + 1) * PER_PAGE < this.phrases.length ? this.page + 1 : 0;
    this.at = this.page * PER_PAGE;
    this.draw();
  }

  draw() {
    const shown = this.phrases.slice(this.page * PER_PAGE, (this.page + 1) * PER_PAGE);
    this.list.replaceChildren(...shown.map((phrase, at) => this.row(phrase, at)));
    const more = this.phrases.length > PER_PAGE ? ` · ${this.words("desk.phrases_more")}` : "";
    if (!this.said.textContent || shown.length > 0) {
      this.said.textContent = shown.length === 0 ? this.words(this.field.value ? "desk.phrases_none" : "desk.phrases_empty") : `${this.words("desk.phrases_keys")}${more}`;
    }
    const chosen = this.list.children[this.at - this.page * PER_PAGE];
    if (chosen) this.field.setAttribute("aria-activedescendant", chosen.id);
    else this.field.removeAttribute("aria-activedescendant");
  }

  row(phrase, at) {
    const chosen = this.page * PER_PAGE + at === this.at;
    const row = make("li", { class: "menu-item", role: "option", id: `picker-${at}`, "aria-selected": String(chosen) }, make("kbd", {}, String((at + 1) % 10)), make("span", {}, make("b", { dir: "auto" }, phrase.title), " ", make("span", { class: "picker-words", dir: "auto" }, phrase.bubbles.join(" / "))), ...this.pictures(phrase));
    row.addEventListener("mousedown", (event) => {
      event.preventDefault();
      this.use(phrase, this.onPick);
    });
    return row;
  }

  pictures({ id, pictures }) {
    return pictures.map((name) => make("img", { class: "picker-picture", src: addressOf(`console/phrases/${id}/pictures/${name}`), alt: this.words("desk.a_picture"), loading: "lazy" }));
  }

  key(event) {
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    const figure = /^Digit(\d)$/.exec(event.code)?.[1] ?? /^Numpad(\d)$/.exec(event.code)?.[1];
    if (figure !== undefined && !event.shiftKey) {
      event.preventDefault();
      this.choose(() => this.page * PER_PAGE + ((Number(figure) + 9) % 10), this.onSend);
      return;
    }
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) {
      event.preventDefault();
      this.at = Math.min(Math.max(this.at + steps[event.key], 0), Math.max(this.phrases.length - 1, 0));
      this.page = Math.floor(this.at / PER_PAGE);
      this.draw();
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.choose(() => this.at, this.onPick);
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.shut();
    }
  }

  async choose(which, hear) {
    const phrase = (await this.found())[which()];
    if (phrase && !this.root.hidden) this.use(phrase, hear);
  }

  /** It was filled for one buyer, and goes to no other. */
  async use(phrase, hear) {
    const { conversation } = this;
    const filled = await this.filled(phrase);
    if (!filled?.texts) return;
    if (this.isOpen(conversation)) hear(phrase, filled);
    else this.onLate(conversation, filled);
  }

  /** The phrase as it is said to this buyer; null where its gaps were left open, or it cannot be had. */
  async filled(phrase) {
    const { conversation } = this;
    this.shut();
    const filled = await this.fill(conversation, phrase, {});
    if (!filled.texts || filled.missing.length === 0) return filled.texts ? filled : this.onProblem(filled);
    const values = await this.askFor(phrase, filled.missing);
    return values && this.fill(conversation, phrase, values);
  }
}
