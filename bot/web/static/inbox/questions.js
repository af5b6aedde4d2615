// What is asked before something is done. It is loaded with the first question.

import { make } from "../elements.js";
import { hold } from "../parts.js";

const HOUR_MS = 3_600_000;

export class Questions {
  /** What it is given is what the desk's hands hold: some questions look at what was said and at what is being written. */
  constructor(held) {
    Object.assign(this, held);
    this.dialog = document.getElementById("desk-dialog");
    this.title = document.getElementById("desk-dialog-title");
    this.form = this.dialog.querySelector("form");
    this.dialog.addEventListener("close", () => this.answer?.(this.dialog.returnValue));
  }

  /** Ask one of the questions below about a conversation, or about a bubble in it. */
  async ask(question, header, bubble) {
    this.header = header;
    try {
      return await this[question](bubble);
    } catch {
      this.tell(this.words("desk.no_network"));
      return null;
    }
  }

  // Each ends in what goes along, or null when it was taken back.

  close() {
    return this.sure("close", this.words("desk.close_owed", { time: this.clock.since(this.header.waiting_since) }), { even_unanswered: true });
  }

  block() {
    return this.sure("block", this.words("desk.block_sure"), {});
  }

  mark_advert() {
    return this.sure("mark_advert", this.words("desk.advert_sure"), {});
  }

  async sure(verb, words, more) {
    return (await this.question(verb, [make("p", {}, words)])) ? more : null;
  }

  async snooze() {
    const now = this.clock.now();
    const evening = at(now, 0, 18);
    const choices = [
      ["desk.snooze_hour", now + HOUR_MS],
      ["desk.snooze_three", now + 3 * HOUR_MS],
      ...(evening > now ? [["desk.snooze_evening", evening]] : []),
      ["desk.snooze_tomorrow", at(now, 1, 9)],
      ["desk.snooze_monday", at(now, ((8 - new Date(now).getDay()) % 7 || 7), 9)],
    ].sort(([, one], [, other]) => one - other);
    const language = document.documentElement.lang;
    const told = new Intl.DateTimeFormat(language, { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    const rows = choices.map(([key, until], index) => choice("until", new Date(until).toISOString(), this.words(key), told.format(until), index === 0));
    const given = await this.question("snooze", [make("div", { class: "choice-list" }, ...rows)]);
    return given && { until: given.get("until") };
  }

  async transfer() {
    const { people = [], groups = [], problem } = await hold(this.hands.get(`console/inbox/${this.header.conversation_id}/colleagues`));
    const others = people.filter((each) => each.id !== this.me.id);
    const rows = [
      ...groups.map((each) => choice("to", `group:${each.id}`, each.name, this.words("desk.group"), false)),
      ...others.map((each) => choice("to", `person:${each.id}`, each.name, "", false)),
    ];
    rows[0]?.querySelector("input").setAttribute("checked", "");
    const reason = make("div", { class: "field" }, make("label", { for: "transfer-reason" }, this.words("desk.transfer_reason")), make("input", { id: "transfer-reason", name: "reason", maxlength: "200", dir: "auto", required: true, autocomplete: "off" }));
    const told = [this.header.waiting_since && "desk.transfer_owed", this.here.headers.size > 1 && "desk.transfer_along"].filter(Boolean);
    const notes = told.map((key) => make("p", { class: "muted" }, this.words(key)));
    const none = rows.length === 0 ? [make("p", {}, problem ?? this.words("desk.nobody_else"))] : [];
    const given = await this.question("transfer", [...none, make("div", { class: "choice-list" }, ...rows), ...(rows.length > 0 ? [reason, ...notes] : [])], { off: rows.length === 0 });
    if (!given) return null;
    const [kind, id] = (given.get("to") ?? "").split(":");
    return { reason: given.get("reason"), [kind === "group" ? "group_id" : "staff_id"]: Number(id) };
  }

  async propose() {
    const { proposal } = await hold(import("./manual.js"));
    return proposal(this);
  }

  async merge() {
    const { sameBuyer } = await hold(import("./merging.js"));
    return sameBuyer(this);
  }

  async correct(bubble) {
    const { correction } = await hold(import("./manual.js"));
    return correction(this, bubble);
  }

  /** Ask for what a phrase leaves open. */
  async askFor(title, names) {
    const fields = names.map((name) => make("div", { class: "field" }, make("label", { for: `gap-${name}` }, name), make("input", { id: `gap-${name}`, name, maxlength: "200", dir: "auto", required: true, autocomplete: "off" })));
    const given = await this.question("fill", [make("p", { class: "muted", dir: "auto" }, title), ...fields]);
    return given && Object.fromEntries(given);
  }

  /** Ask in the dialog; gives what was filled in, or null. */
  question(verb, inside, { off = false, yes: agree = `verb.do_${verb}` } = {}) {
    this.title.textContent = this.words(`verb.do_${verb}`);
    const no = make("button", { type: "button", class: "button" }, this.words("desk.cancel")); // Enter is the other's
    no.addEventListener("click", () => this.dialog.close("no"));
    const yes = make("button", { type: "submit", class: "button button-main", value: "yes", disabled: off }, this.words(agree));
    this.form.replaceChildren(make("div", { class: "dialog-fields" }, ...inside), make("div", { class: "dialog-foot" }, no, yes));
    this.dialog.returnValue = "";
    this.dialog.showModal();
    (this.form.querySelector("input, textarea") ?? yes).focus();
    return new Promise((resolve) => {
      this.answer = (value) => resolve(value === "yes" ? new FormData(this.form) : null);
    });
  }
}

function choice(name, value, words, more, checked) {
  return make("label", { class: "choice-line" }, make("input", { type: "radio", name, value, checked }), make("span", { dir: "auto" }, words), make("small", {}, more));
}

function at(now, days, hour) {
  const day = new Date(now);
  day.setDate(day.getDate() + days);
  return day.setHours(hour, 0, 0, 0);
}
