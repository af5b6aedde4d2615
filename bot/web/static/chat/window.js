// The chat window, as a buyer has it: in a shop's own page, and on the try-out page.

import { addressOf, make } from "../elements.js";
import { onFiles } from "../files.js";
import { makePause } from "../said.js";
import { fillStars, makeChoices, makeRow, makeStars } from "./bubbles.js";
import { prepareCompose } from "./compose.js";
import { Outbox } from "./outbox.js";
import { post } from "./outgoing.js";
import { handIn, Pictures } from "./pictures.js";
import { SharedStream } from "./shared_stream.js";
import { Signs } from "./signs.js";
import { freshId } from "../ids.js";

const NEAR_BOTTOM_PX = 80;
const LOOKING_AFTER_MS = 1_000;
const SLOW_AFTER_MS = 8_000;
const TYPES_MS = 8_000;
const PICTURE_FIRST_MS = 20_000; // what is said after a picture waits no longer for it
const MARK = /^[1-5]$/;
const NEVER_SHOWN = new Set(["cancelled", "expired", "failed"]);
const SAID_OF_MODE = new Set(["human", "closed"]); // of the others the bot itself tells
const CONNECTION_WORDS = { connecting: "chat.connecting", lost: "chat.reconnecting", offline: "chat.offline" };

export class ChatWindow {
  /**
   * `surroundings()` says what is known around a message; `onAsk` hears when one is sent, `onWhy` of each decision
   * (try-out only), `onReply` of each bubble that is not the buyer's, with the milliseconds since they sent, `onCaughtUp`
   * when all that was said before is shown; `isLookedAt()` says whether the window stands open; `contact` asks who finds nobody
   * how to reach them.
   */
  constructor(root, { channel, visitor, words, surroundings = () => ({}), onAsk = () => {}, onWhy = null, onReply = () => {}, onCaughtUp = () => {}, isLookedAt = () => true, contact = null }) {
    this.root = root;
    this.channel = channel;
    this.words = words;
    this.surroundings = surroundings;
    this.onAsk = onAsk;
    this.onWhy = onWhy;
    this.onReply = onReply;
    this.onCaughtUp = onCaughtUp;
    this.isLookedAt = isLookedAt;
    this.contact = contact;
    this.log = root.querySelector("[data-log]");
    this.empty = root.querySelector("[data-empty]");
    this.state = root.querySelector("[data-state]");
    this.connection = root.querySelector("[data-connection]");
    this.newer = root.querySelector("[data-newer]");
    this.typing = root.querySelector("[data-typing]");
    this.looking = make("div", { class: "line looking", role: "status" });
    this.field = root.querySelector("textarea");
    this.note = root.querySelector("[data-note]");
    this.begin(visitor);
    this.listen();
  }

  /** Forget this conversation and be another buyer. */
  begin(visitor) {
    this.stream?.stop();
    this.outbox?.forget();
    this.visitor = visitor;
    this.signs = new Signs({ channel: this.channel, visitor, isLookedAt: this.isLookedAt });
    this.contact?.begin(visitor);
    this.lastRead = null;
    this.rows = new Map();
    this.ahead = new Set(); // rows of the buyer that the transcript does not hold yet: they stand below all that it does
    this.unanswered = null;
    this.lastAt = null;
    this.lastRow = null;
    this.mode = "bot";
    this.caughtUp = false;
    this.atEnd = true;
    this.calm();
    this.log.replaceChildren(this.empty);
    this.empty.hidden = true; // until the server has said that nothing was said yet
    this.log.setAttribute("aria-busy", "true");
    this.newer.hidden = true;
    this.pictures = new Pictures(this.channel, visitor);
    this.outbox = new Outbox({
      key: `${this.channel}.${visitor}`,
      send: (message) => this.send(message),
      onState: (message, state, outcome) => this.showFate(message, state, outcome),
    });
    this.outbox.messages.forEach((message) => this.place({ ...message, state: "sending" }, new Date()));
    this.outbox.run();
    this.stream = new SharedStream({
      channel: this.channel,
      visitor,
      onTranscript: (transcript) => this.receive(transcript),
      onWhy: (why) => this.onWhy?.(why),
      onState: (state) => this.showConnection(state),
    });
    this.stream.start();
  }

  /** Say something as the buyer. */
  say(text) {
    const message = { id: freshId(), text, author: "buyer", surroundings: this.surroundings() };
    this.place({ ...message, state: "sending" }, new Date());
    this.scroll();
    this.outbox.add(message);
  }

  /** Show the shop a product: a question about it. */
  showProduct(product_id, title) {
    const message = { id: freshId(), text: title, kind: "productcard", product: { product_id, title }, author: "buyer", surroundings: this.surroundings() };
    this.place({ ...message, state: "sending" }, new Date());
    this.scroll();
    this.outbox.add(message);
  }

  focus() {
    this.field.focus();
  }

  /** Hand a picture in, and say it once the shop has it: before what is said after it was chosen. */
  async showPicture(file) {
    const { outbox } = this;
    const turn = outbox.reserve();
    const timer = setTimeout(() => outbox.giveUp(turn), PICTURE_FIRST_MS);
    this.note.textContent = this.words("chat.picture_sending");
    const outcome = await handIn(this.channel, this.visitor, file, this.words);
    clearTimeout(timer);
    this.note.textContent = outcome.ok ? "" : outcome.problem;
    if (outbox !== this.outbox) return; // somebody else by now
    if (!outcome.ok) return outbox.giveUp(turn);
    const message = { id: freshId(), text: "", picture: outcome.picture, author: "buyer", surroundings: this.surroundings() };
    this.place({ ...message, state: "sending" }, new Date());
    this.scroll();
    outbox.fill(turn, message);
  }

  // Sending

  send({ id, text, picture, product, surroundings }) {
    const address = addressOf(`chat/${encodeURIComponent(this.channel)}/messages`);
    const said = picture ? { picture } : product ? { product } : { text };
    return post(address, { message_id: id, visitor: this.visitor, ...said, surroundings }, this.words);
  }

  showFate(message, state, outcome) {
    const row = this.rows.get(message.id);
    if (state === "failed") this.failed(row, outcome);
    else this.mark(row, state, this.words(`chat.${state}`));
    if (state === "sending") {
      this.unanswered = performance.now();
      this.onAsk();
    }
    if (state === "sent") this.expectReply();
  }

  failed(row, outcome) {
    this.unanswered = null;
    this.calm();
    const note = this.mark(row, "failed", outcome.problem);
    if (outcome.final) return;
    const retry = make("button", { type: "button", class: "link", disabled: outcome.waitSeconds > 0 }, this.words("chat.retry"));
    retry.addEventListener("click", () => {
      const hadFocus = document.activeElement === retry;
      this.outbox.run();
      if (hadFocus) this.focus();
    });
    note.append(" ", retry);
    this.scrollIfNear();
  }

  mark(row, state, said) {
    row.dataset.state = state;
    row.querySelector(".fate")?.remove();
    const loud = state === "failed" ? { role: "alert" } : { "aria-live": "off" };
    const note = make("div", { class: "fate", ...loud }, said);
    row.append(note);
    return note;
  }

  expectReply() {
    this.calm();
    if (this.mode !== "bot" || this.unanswered === null) return;
    const show = (key) => {
      this.looking.textContent = this.words(key);
      this.log.append(this.looking);
      this.scrollIfNear();
    };
    this.waiting = [setTimeout(show, LOOKING_AFTER_MS, "chat.looking"), setTimeout(show, SLOW_AFTER_MS, "chat.slow")];
  }

  calm() {
    (this.waiting ?? []).forEach(clearTimeout);
    this.waiting = [];
    this.looking.remove();
  }

  // Receiving

  receive({ items, mode, beside = {}, staffed = true }) {
    const near = this.isNearBottom();
    const shown = items.filter((item) => !NEVER_SHOWN.has(item.state));
    this.person = beside.person ?? "";
    if (mode === "human") this.showMode(mode); // a person's first words stand below the line that says so
    shown.forEach((item) => this.takeIn(item));
    this.showMode(mode);
    this.showBeside(beside);
    this.contact?.hear(shown, { mode, staffed });
    this.signs.heard(shown.findLast((item) => item.author !== "buyer")?.id);
    this.empty.hidden = this.rows.size > 0;
    if (near || !this.caughtUp) this.scroll();
    else if (shown.some((item) => item.author !== "buyer")) this.newer.hidden = false;
    if (!this.caughtUp) this.onCaughtUp();
    this.caughtUp = true;
    this.log.setAttribute("aria-busy", "false");
  }

  takeIn(item) {
    const known = this.rows.get(keyOf(item));
    if (known) {
      if (this.ahead.delete(known)) this.settle(known, item);
      return;
    }
    this.place({ ...item, state: item.author === "buyer" ? "sent" : "" }, new Date(item.at));
    if (item.author === "buyer") return;
    this.calm();
    this.onReply(item, this.unanswered === null ? null : performance.now() - this.unanswered);
    this.unanswered = null;
  }

  /** The transcript holds the buyer's own message now: it stands where the transcript has it. */
  settle(row, item) {
    this.outbox.arrived(keyOf(item));
    this.mark(row, "sent", this.words("chat.sent"));
    if (row !== this.lastRow) this.stand(row, new Date(item.at));
  }

  place(item, at) {
    this.empty.hidden = true;
    if (item.author === "buyer" && MARK.test(item.text)) this.rated(Number(item.text));
    if (item.author === "buyer" || item.choices?.length || item.kind === "invite") this.retireChoices(); // a choice lasts until something is said
    const row = makeRow(item, this.words, (name) => this.pictures.load(name));
    row.title = at.toLocaleString(document.documentElement.lang);
    if (item.state) row.dataset.state = item.state;
    if (item.kind === "invite") row.append(makeStars(this.words, (said) => this.choose(said)));
    if (item.choices?.length) row.append(makeChoices(item.choices, this.words, (said) => this.choose(said)));
    this.rows.set(keyOf(item), row);
    const isAhead = item.state === "sending";
    if (!isAhead || (this.caughtUp && this.ahead.size === 0)) this.stand(row, at);
    else this.log.append(row);
    if (isAhead) this.ahead.add(row);
    if (this.looking.isConnected) this.log.append(this.looking);
  }

  /** Put a row at the end of what the transcript holds, above what is still on its way to the shop. */
  stand(row, at) {
    const [firstAhead = null] = this.ahead;
    const pause = makePause(this.lastAt, at);
    if (pause) this.log.insertBefore(pause, firstAhead);
    else if (this.lastRow?.dataset.author === row.dataset.author) row.classList.add("row-same");
    if (pause || row.nextElementSibling !== firstAhead || !row.isConnected) this.log.insertBefore(row, firstAhead);
    this.lastAt = at;
    this.lastRow = row;
  }

  choose(said) {
    this.say(said);
    this.focus();
  }

  /** The mark stands where it was asked for: that of the invite which was the last to be said. */
  rated(mark) {
    const stars = this.lastRow?.querySelector(".stars:not([data-mark])");
    if (stars) fillStars(stars, mark, this.words);
  }

  retireChoices() {
    this.log.querySelectorAll(".choice:enabled").forEach((button) => (button.disabled = true));
  }

  // Showing how things stand

  showMode(mode) {
    if (this.caughtUp && mode !== this.mode && SAID_OF_MODE.has(mode)) {
      this.log.append(make("div", { class: "line" }, this.words(`chat.now_${mode}`)));
    }
    this.mode = mode;
    if (mode !== "bot") this.calm();
    this.root.dataset.mode = mode;
    this.signs.mode = mode;
    const said = mode === "human" && this.person ? this.words("chat.state_person", { name: this.person }) : this.words(`chat.state_${mode}`);
    if (this.state.textContent !== said) this.state.textContent = said;
  }

  /** That a person writes, for a few seconds; and which of the buyer's messages people have read. */
  showBeside({ types, read }) {
    clearTimeout(this.typesTimer);
    this.typing.hidden = !types;
    if (types) this.typesTimer = setTimeout(() => (this.typing.hidden = true), TYPES_MS);
    const row = read ? this.rows.get(keyOf({ author: "buyer", id: read })) : null;
    if (!row || this.lastRead === row) return;
    this.lastRead = row;
    if (row.dataset.state === "sent") row.querySelector(".fate").textContent = this.words("chat.read");
  }

  showConnection(state) {
    const key = CONNECTION_WORDS[state];
    this.connection.hidden = key === undefined;
    this.connection.textContent = key === undefined ? "" : this.words(key);
    this.root.dataset.connection = state;
    if (state === "open") this.outbox.run(); // whoever can hear can be told
  }

  // Scrolling

  isNearBottom() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR_BOTTOM_PX;
  }

  scrollIfNear() {
    if (this.isNearBottom()) this.scroll();
  }

  scroll() {
    this.log.scrollTop = this.rows.size > 0 ? this.log.scrollHeight : 0; // the welcome is read from its top
    this.atEnd = true;
    this.newer.hidden = true;
  }

  // Wiring, once

  listen() {
    prepareCompose(this.root.querySelector("[data-compose]"), this.words, (text) => this.say(text));
    this.newer.addEventListener("click", () => this.scroll());
    this.field.addEventListener("input", () => this.signs.types());
    onFiles(this.root.querySelector("[data-picture]"), (files) => files.forEach((file) => this.showPicture(file)));
    this.log.addEventListener("scroll", () => {
      this.atEnd = this.isNearBottom();
      if (this.atEnd) this.newer.hidden = true;
    });
    this.log.addEventListener("load", () => this.atEnd && this.scroll(), { capture: true }); // a picture is there
    if ("ResizeObserver" in window) new ResizeObserver(() => this.atEnd && this.scroll()).observe(this.log);
    this.root.querySelectorAll("[data-say]").forEach((button) =>
      button.addEventListener("click", () => {
        this.say(button.dataset.say);
        this.focus();
      }),
    );
  }
}

// The server calls a buyer's message visitor:message, so that no two visitors' ids can meet.
function keyOf(item) {
  return item.author === "buyer" ? item.id.slice(item.id.indexOf(":") + 1) : item.id;
}
