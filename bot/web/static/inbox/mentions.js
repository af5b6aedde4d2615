// Names of colleagues while a note is written: @ and the first letters offer them, so that nobody has to spell a name.

import { make } from "../elements.js";

const TYPED = /(?:^|[^\w.-])[@＠]([^@＠\n]{0,20})$/;
const MOST = 6;

export class Mentions {
  /** `names()` asks whom the conversation's notes can call; `isNote()` says whether a note is written just now. */
  constructor(form, { words, names, isNote }) {
    Object.assign(this, { words, names, isNote });
    this.field = form.querySelector("textarea");
    this.list = make("ol", { id: "mentions-list", class: "picker-list", role: "listbox", "aria-label": words("desk.mention") });
    this.root = make("div", { class: "picker", hidden: true }, this.list);
    form.prepend(this.root);
    this.field.addEventListener("input", () => this.look());
    this.field.addEventListener("blur", () => this.shut());
    form.addEventListener("keydown", (event) => this.key(event), { capture: true });
  }

  /** Another conversation: others may see it. */
  forget() {
    this.known = null;
    this.shut();
  }

  async look() {
    const typed = this.isNote() ? TYPED.exec(this.before())?.[1] : undefined;
    if (typed === undefined) return this.shut();
    this.known ??= this.names();
    const names = await this.known;
    if (TYPED.exec(this.before())?.[1] !== typed) return;
    const letters = typed.toLowerCase();
    this.fits = names.filter((name) => name.toLowerCase().includes(letters)).slice(0, MOST);
    this.typed = typed;
    this.at = 0;
    this.draw();
  }

  before() {
    return this.field.value.slice(0, this.field.selectionStart);
  }

  draw() {
    this.root.hidden = this.fits.length === 0;
    this.list.replaceChildren(...this.fits.map((name, at) => this.row(name, at)));
    if (this.root.hidden) this.shut();
    else this.field.setAttribute("aria-activedescendant", `mention-${this.at}`);
  }

  row(name, at) {
    const row = make("li", { class: "menu-item", role: "option", id: `mention-${at}`, "aria-selected": String(at === this.at) }, make("span", { dir: "auto" }, name));
    row.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.take(name);
    });
    return row;
  }

  shut() {
    this.root.hidden = true;
    this.field.removeAttribute("aria-activedescendant");
  }

  key(event) {
    if (this.root.hidden || event.target !== this.field || event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      this.at = Math.min(Math.max(this.at + step, 0), this.fits.length - 1);
      this.draw();
    } else if (event.key === "Enter" || event.key === "Tab") this.take(this.fits[this.at]);
    else if (event.key === "Escape") this.shut();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  take(name) {
    const { field } = this;
    field.setRangeText(`${name} `, field.selectionStart - this.typed.length, field.selectionStart, "end");
    this.shut();
    field.dispatchEvent(new Event("input"));
  }
}
