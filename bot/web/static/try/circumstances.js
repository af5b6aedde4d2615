// The four quiet controls above the window: what the shop is to believe about this buyer.

export class Circumstances {
  constructor(root) {
    this.root = root;
    this.time = root.querySelector("[name=time]");
    this.chosen = root.querySelector("[name=chosen_time]");
    this.time.addEventListener("change", () => this.offerTime());
    this.offerTime();
  }

  /** In the form that goes with each message; what is not known is left out. */
  read() {
    const known = {
      product_id: this.value("product"),
      order_status: this.value("order"),
      region: this.value("region"),
      pretend_at: this.pretendedTime(),
    };
    return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== ""));
  }

  value(name) {
    return this.root.querySelector(`[name=${name}]`).value;
  }

  pretendedTime() {
    if (this.time.value !== "chosen") return this.time.value;
    return this.chosen.value === "" ? "" : `${this.chosen.value}:00${this.chosen.dataset.offset}`;
  }

  offerTime() {
    this.chosen.closest("[data-chosen-time]").hidden = this.time.value !== "chosen";
  }
}
