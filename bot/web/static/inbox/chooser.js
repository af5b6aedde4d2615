// One of many, found by typing: a field, and below it what fits as choices. The first that comes is chosen.

import { make } from "../elements.js";

const ASK_AFTER_MS = 120;

export class Chooser {
  /**
   * `find(typed)` gives choices `{ value, words, more }`; `first` are those that stand before whatever is found. In the
   * form of its dialog the chosen one is the field `name`.
   */
  constructor({ name, label, hint, none, find, first = [] }) {
    Object.assign(this, { name, none, find, first });
    this.list = make("div", { class: "choice-list", role: "radiogroup", "aria-label": label });
    this.said = make("p", { class: "muted", role: "status" });
    this.field = make("input", { id: `${name}-search`, type: "search", maxlength: "100", dir: "auto", autocomplete: "off", placeholder: hint });
    this.field.addEventListener("input", () => this.later());
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.element = make("div", { class: "field" }, make("label", { for: this.field.id }, label), this.field, this.list, this.said);
    this.ask();
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), ASK_AFTER_MS);
  }

  async ask() {
    const typed = this.field.value.trim();
    const found = await this.find(typed);
    if (typed !== this.field.value.trim()) return;
    this.said.textContent = found.problem ?? (typed && found.length === 0 ? this.none : "");
    const rows = [...this.first, ...(found.problem ? [] : found)];
    const chosen = typed && found.length > 0 ? found[0] : rows[0];
    this.list.replaceChildren(...rows.map((row) => choice(this.name, row, row === chosen)));
  }

  /** Up and down choose while one types; Enter is the form's. */
  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.isComposing) return;
    event.preventDefault();
    const rows = [...this.list.querySelectorAll("input")];
    const to = rows[rows.findIndex((row) => row.checked) + step];
    if (!to) return;
    to.checked = true;
    to.scrollIntoView({ block: "nearest" });
  }
}

function choice(name, { value, words, more = "" }, checked) {
  return make("label", { class: "choice-line" }, make("input", { type: "radio", name, value, checked }), make("span", { dir: "auto" }, words), make("small", { dir: "auto" }, more));
}
