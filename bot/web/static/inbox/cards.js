// Products of the manual and orders of the buyer, to be sent as a card: found by their name, one click or Enter sends it.

import { make } from "../elements.js";

const AT_MOST = 20;
const ORDER = /^[\w-]{6,64}$/;

export class Cards {
  /** `products` has the titles by id, `orders()` the buyer's numbers; `onPick(name)` hears "product:…" or "order:…". */
  constructor(dialog, { words, products, orders, onPick }) {
    Object.assign(this, { dialog, words, orders, onPick });
    this.products = Object.entries(products).map(([id, title]) => ({ name: `product:${id}`, kind: "productcard", title }));
    this.field = dialog.querySelector("input");
    this.list = dialog.querySelector("[data-cards-list]");
    this.said = dialog.querySelector("[data-cards-said]");
    this.field.addEventListener("input", () => this.draw());
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      this.list.querySelector("button")?.click();
    });
  }

  open() {
    if (this.dialog.open) return;
    this.field.value = "";
    this.draw();
    this.dialog.showModal();
    this.field.focus();
  }

  draw() {
    const wanted = this.field.value.trim().toLowerCase();
    const typed = ORDER.test(wanted) && /\d{4}/.test(wanted) ? [this.field.value.trim()] : [];
    const orders = [...(wanted ? [] : this.orders()), ...typed].map((id) => ({ name: `order:${id}`, kind: "ordercard", title: id }));
    const found = this.products.filter(({ title, name }) => title.toLowerCase().includes(wanted) || name.endsWith(`:${wanted}`));
    const shown = [...orders, ...found].slice(0, AT_MOST);
    this.list.replaceChildren(...shown.map((card) => make("li", {}, this.button(card))));
    this.said.textContent = shown.length === 0 ? this.words("desk.cards_none") : "";
  }

  button({ name, kind, title }) {
    const button = make("button", { type: "button", class: "menu-item" }, make("small", { class: "muted" }, this.words(`desk.${kind}`)), make("span", { dir: "auto" }, title));
    button.addEventListener("click", () => {
      this.dialog.close();
      this.onPick(name);
    });
    return button;
  }
}
