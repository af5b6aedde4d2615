// Why the bot answered as it did: one decision at a time, the newest first, with a way back to the earlier ones.

import { knows, make } from "../elements.js";

const PARTS = ["wording", "characters", "words", "meanings", "sounds", "intents"];
const LOST_SHOWN = 6;

export class Why {
  constructor(root, { words, products }) {
    this.root = root;
    this.words = words;
    this.products = products;
    this.lines = { answer: root.dataset.answerAt, suggest: root.dataset.suggestAt, clarify: root.dataset.clarifyAt };
    this.body = root.querySelector("[data-why]");
    this.empty = root.querySelector("[data-why-empty]");
    this.steps = root.querySelector("[data-why-steps]");
    this.position = root.querySelector("[data-why-position]");
    this.older = root.querySelector("[data-why-older]");
    this.newer = root.querySelector("[data-why-newer]");
    this.older.addEventListener("click", () => this.step(-1));
    this.newer.addEventListener("click", () => this.step(1));
    this.forget();
  }

  forget() {
    this.decisions = [];
    this.at = -1;
    this.show();
  }

  /** Show a decision. `turn` is the buyer's latest, whose `milliseconds` may still be unknown; null when they asked earlier. */
  add(decision, turn) {
    this.decisions.push({ ...decision, turn });
    this.at = this.decisions.length - 1;
    this.show();
  }

  step(by) {
    this.at = Math.min(Math.max(this.at + by, 0), this.decisions.length - 1);
    this.show();
  }

  show() {
    const decision = this.decisions[this.at];
    this.empty.hidden = decision !== undefined;
    this.body.hidden = decision === undefined;
    this.steps.hidden = this.decisions.length < 2;
    this.older.disabled = this.at <= 0;
    this.newer.disabled = this.at >= this.decisions.length - 1;
    this.position.textContent = this.words("why.position", { at: this.at + 1, count: this.decisions.length });
    if (decision) this.body.replaceChildren(...this.draw(decision));
  }

  draw(decision) {
    return [
      this.head(decision),
      ...this.account(decision, decision.why),
      this.others(decision.why.parts ?? []),
      this.foot(decision),
    ].filter(Boolean);
  }

  /** How one question was taken: the only one of a turn, or a part of it. */
  account(decision, why) {
    const judged = make("div", {}, this.rules(why), this.answers(why), this.tried(why));
    return [this.understood(why), make("div", { class: "why-pair" }, this.candidates(decision), judged)];
  }

  others(parts) {
    if (parts.length === 0) return null;
    return this.section("why.several", ...parts.map((part) => make("details", { class: "why-part" }, this.partHead(part), ...this.account(part, part))));
  }

  partHead(part) {
    const done = part.title ?? (knows(this.words, `why.${part.decision}`) ? this.words(`why.${part.decision}`) : part.decision);
    const sure = typeof part.confidence === "number" ? ` ${percent(part.confidence)}` : "";
    return make("summary", {}, make("b", { dir: "auto" }, part.text), ` → ${done}${sure}`);
  }

  // The parts of the panel, from top to bottom

  head({ decision, title, confidence, turn }) {
    const known = knows(this.words, `why.head_${decision}`); // a decision made by a newer program than this page
    const words = known ? this.words(`why.head_${decision}`, { title: title ?? "" }) : decision;
    const milliseconds = turn?.milliseconds ?? null;
    const took = milliseconds === null ? null : make("p", { class: "why-took" }, this.words("why.took", { milliseconds }));
    const sure = confidence === null || confidence === undefined ? null : this.sureness(confidence);
    return make("div", { class: "why-head", "data-decision": decision }, make("div", {}, this.kind(decision), make("h3", { dir: "auto" }, words), took), sure);
  }

  kind(decision) {
    const words = knows(this.words, `why.${decision}`) ? this.words(`why.${decision}`) : decision;
    return make("span", { class: "chip chip-strong" }, words);
  }

  sureness(confidence) {
    return make("p", { class: "why-sure" }, make("b", {}, percent(confidence)), make("span", {}, this.words("why.confidence")));
  }

  understood({ text, words, named, remembered }) {
    return this.section(
      "why.understood",
      make(
        "dl",
        { class: "why-facts" },
        this.fact("why.folded", text ? [make("span", { class: "why-text", dir: "auto" }, text)] : []),
        this.fact("why.words", (words ?? []).map((word) => make("span", { class: "chip", dir: "auto" }, word))),
        this.fact("why.named", this.things(named)),
        this.fact("why.remembered", this.things(remembered)),
      ),
    );
  }

  fact(key, things) {
    const shown = things.length > 0 ? things : [make("span", { class: "muted" }, this.words("why.nothing"))];
    return make("div", {}, make("dt", {}, this.words(key)), make("dd", {}, ...shown));
  }

  things(known) {
    return Object.entries(known ?? {})
      .filter(([, value]) => value !== null && String(value) !== "")
      .map(([name, value]) => this.thing(name, value));
  }

  thing(name, value) {
    const known = name.startsWith("product") ? (this.products.get(value) ?? value) : value;
    const label = knows(this.words, `why.${name}`) ? this.words(`why.${name}`) : name;
    return make("span", { class: "chip chip-named", dir: "auto" }, make("small", {}, label), String(known));
  }

  candidates({ candidates, entry }) {
    if (candidates.length === 0) return this.section("why.candidates", make("p", { class: "muted" }, this.words("why.no_candidates")));
    const longest = Math.max(...candidates.map(evidence), Number.EPSILON);
    return this.section(
      "why.candidates",
      make("ol", { class: "bars" }, ...candidates.map((each) => this.bar(each, each.entry === entry, longest))),
      this.legend(),
      this.figures(candidates),
    );
  }

  bar(candidate, chosen, longest) {
    const parts = shares(candidate.parts);
    const segments = parts.map(([name, share]) => {
      const segment = make("span", { class: `bar-part bar-${PARTS.includes(name) ? name : "other"}` });
      segment.style.flexGrow = String(share);
      return segment;
    });
    const fill = make("span", { class: "bar-fill" }, ...segments);
    fill.style.width = `${(evidence(candidate) / longest) * 100}%`;
    return make(
      "li",
      { class: chosen ? "bar bar-chosen" : "bar" },
      make("span", { class: "bar-title", dir: "auto", title: candidate.entry }, candidate.title || candidate.entry),
      make("span", { class: "bar-figure" }, percent(candidate.confidence)),
      make("span", { class: "bar-track", "aria-hidden": "true" }, fill),
      make("span", { class: "bar-example" }, `${this.words("why.example")} `, make("bdi", {}, candidate.example)),
    );
  }

  legend() {
    const parts = PARTS.map((name) => make("span", { class: "legend" }, make("i", { class: `bar-part bar-${name}`, "aria-hidden": "true" }), this.words(`why.part_${name}`)));
    const lines = Object.entries(this.lines).map(([what, at]) => [what, percent(Number(at))]);
    const legend = this.words("why.lines", Object.fromEntries(lines));
    return make("div", { class: "legends" }, make("p", {}, ...parts), make("p", {}, legend));
  }

  figures(candidates) {
    const names = [...new Set(candidates.flatMap((each) => Object.keys(each.parts ?? {})))];
    if (names.length === 0) return null;
    const heads = [this.words("why.candidates"), ...names.map((name) => this.partName(name)), this.words("why.points"), this.words("why.confidence")];
    const rows = candidates.map((each) =>
      make("tr", {}, make("th", { scope: "row" }, each.title || each.entry), ...names.map((name) => make("td", {}, figure(each.parts[name]))), make("td", {}, figure(each.score)), make("td", {}, percent(each.confidence))),
    );
    const table = make("table", {}, make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))), make("tbody", {}, ...rows));
    const scroller = make("div", { class: "table-scroll", tabindex: "0", role: "region", "aria-label": this.words("why.parts") }, table);
    return make("details", { class: "why-figures" }, make("summary", {}, this.words("why.parts")), make("p", { class: "muted" }, this.words("why.sum")), scroller);
  }

  partName(name) {
    return knows(this.words, `why.part_${name}`) ? this.words(`why.part_${name}`) : name;
  }

  rules({ rules }) {
    const won = (rules ?? []).filter((each) => each.won).map((each) => this.winner("why.rule_won", this.named(each), each.reason));
    return won.length === 0 ? null : this.section("why.rules", ...won);
  }

  answers({ answer }) {
    if (!answer?.rule) return null;
    const lost = (answer.lost ?? []).map((each) => this.loser("why.answer_lost", make("span", { dir: "auto" }, this.withTitles(each))));
    const rest = lost.splice(LOST_SHOWN);
    const winner = this.winner("why.answer_won", this.withTitles(answer.rule), null);
    return this.section("why.answers", winner, this.losers(lost), rest.length > 0 ? this.folded(rest) : null);
  }

  losers(items) {
    return items.length === 0 ? null : make("ul", { class: "lost" }, ...items);
  }

  folded(items) {
    const summary = make("summary", {}, this.words("why.more", { count: items.length }));
    return make("details", { class: "why-more" }, summary, this.losers(items));
  }

  withTitles(text) {
    let named = text;
    for (const [id, title] of this.products) if (id) named = named.replaceAll(id, title);
    return named;
  }

  tried({ rules }) {
    const lost = (rules ?? []).filter((each) => !each.won);
    if (lost.length === 0) return null;
    const stages = [...new Set(lost.map(({ stage }) => stage))];
    const groups = stages.map((stage) => this.lostOf(stage, lost.filter((each) => each.stage === stage)));
    return this.section("why.tried", make("ol", { class: "lost" }, ...groups));
  }

  lostOf(stage, lost) {
    const rows = lost.map(({ rule, reason }) => this.loser("why.rule_lost", make("b", {}, rule), make("span", { dir: "auto" }, reason)));
    return make("li", { class: "lost-stage" }, make("b", { dir: "auto" }, stage), make("ol", { class: "lost lost-pairs" }, ...rows));
  }

  named({ stage, rule }) {
    return `${stage} · ${rule}`;
  }

  winner(key, title, reason) {
    const said = make("span", { class: "visually-hidden" }, this.words(key));
    return make("p", { class: "won" }, said, make("b", { dir: "auto" }, title), reason ? make("span", { dir: "auto" }, reason) : null);
  }

  loser(key, ...children) {
    return make("li", {}, make("span", { class: "visually-hidden" }, this.words(key)), ...children);
  }

  foot({ entry, why }) {
    const time = why.local_time ? why.local_time.slice(0, 16).replace("T", " ") : null;
    const facts = [
      entry ? this.words("why.entry", { entry }) : null,
      why.revision === undefined || why.revision === null ? null : this.words("why.revision", { revision: why.revision }),
      why.matcher ? this.words(`why.${why.matcher}`) : null,
      time,
      why.open === undefined ? null : this.words(why.open ? "why.open" : "why.shut"),
    ];
    return make("p", { class: "why-foot" }, ...facts.filter(Boolean).map((fact) => make("span", {}, fact)));
  }

  section(key, ...children) {
    return make("section", { class: "why-section" }, make("h4", {}, this.words(key)), ...children);
  }
}

function shares(parts) {
  return Object.entries(parts ?? {})
    .filter(([, value]) => value > 0)
    .sort(([one], [other]) => placeOf(one) - placeOf(other));
}

function placeOf(part) {
  return PARTS.includes(part) ? PARTS.indexOf(part) : PARTS.length;
}

function evidence({ parts }) {
  return shares(parts).reduce((sum, [, value]) => sum + value, 0);
}

// Never rounded up to certainty, nor down to nothing.
function percent(share) {
  if (share > 0 && share < 0.01) return "<1%";
  if (share > 0.99 && share < 1) return ">99%";
  return `${Math.round(share * 100)}%`;
}

function figure(value) {
  return value === undefined ? "–" : value.toFixed(2);
}
