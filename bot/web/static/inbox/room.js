// The open conversation as one looks at it: what was said, how it stands, the card of its buyer, and what was begun in the
// field. It is loaded behind the queue; what one does there (doing.js) is loaded once one begins.

import { fitHeight, make } from "../elements.js";
import { part, pressLater, touched } from "../parts.js";
import { actionOf, Bar } from "./bar.js";
import { Card } from "./card.js";
import { isBegunOtherwise, isUnsent, keepDraft, keptDraft, onDraft } from "./keep.js";
import { nameOf } from "./queue.js";
import { Talk } from "./talk.js";

const SLASH = /^[/、／]$/; // what the key gives with an input method switched on
const NOWHERE = { headers: new Map(), target: null, header: null, picked: false };

/**
 * What it is given is the page around it: { root, find, words, facts, clock, hands, queue, alerts, wide } with `openTalk(id)`,
 * `shutTalk(why)` and `tell(words)`.
 */
export function makeRoom(page) {
  const { root, find, words, facts, clock, hands, queue, alerts, wide, openTalk, tell } = page;
  const { me } = facts;
  const form = find("[data-composer]"); // null where one may only look
  const field = form?.querySelector("textarea");
  // `open` is the number of the conversation that is open; `headers` says how it stands, and the same buyer's conversations of
  // other channels, by their numbers; `target` is the one of them that one answers in, `picked` by oneself; `header` is its own
  const here = { open: null, ...NOWHERE };
  let drafts = {}; // what the server has kept of each, until it is in the field
  let item = null; // how the open one stands, in the queue's words
  let doing = null; // once it is loaded
  let beside = null;
  let channels = null;

  const noNetwork = () => tell(words("desk.no_network"));
  const whyShown = part(() => import("./why.js"), noNetwork);
  const talk = new Talk(root, {
    tools: { words, clock, me, hears: { why: facts.may_see_why && ((bubble) => whyShown().then((there) => there?.showWhy(bubble, { words, hands, facts }))), correct: facts.may_answer && ((bubble) => run(actionOf("correct"), bubble)), undo: (bubble) => doHere((there) => there.undo(bubble)), again: (bubble) => doHere((there) => there.again(bubble)), mayUndo: (bubble) => Boolean(doing?.mayUndo(bubble)), hands, grew: () => talk.grew() } },
    onEarlier: async (before) => {
      const older = await hands.get(`console/inbox/${here.open}/earlier?${new URLSearchParams({ before })}`);
      return older.bubbles ? older : tell(hands.problemOf(older));
    },
  });
  const card = new Card(find("[data-card]"), {
    words,
    mayAnswer: facts.may_answer,
    onTags: (change, conversation) => doHere((there) => there.act("tag", change, here.headers.get(conversation))),
    onSplit: (conversation) => doHere((there) => there.act("split", { with: conversation }, here.headers.get(here.open))),
    onOpen: (id) => openTalk(id),
  });
  const bar = new Bar(root, { words, said: () => talk.said(), onRun: (action) => run(action) });

  // What one does

  const begin = part(async () => {
    const { makeDoing } = await import("./doing.js");
    return makeDoing({ ...page, here, form, talk, card, askForDrafts, showDrafts, answerIn, showHeader, notice, focus });
  }, noNetwork);

  /** Do something as soon as what it takes is there. */
  async function doHere(act, more) {
    if (!doing) {
      const there = await begin(more);
      if (!there) return null;
      if (!doing) {
        doing = there;
        if (here.target !== null) doing.open(here.target);
      }
    }
    return act(doing);
  }

  /** Whoever has begun to work here has all at hand that one works with, also when the server is gone by then. */
  function beReady() {
    doHere((there) => there.beReady(), { quietly: true });
  }

  function run(action, about = null) {
    return doHere((there) => there.run(action, about));
  }

  /** Turn to another conversation; the stream tells of it. */
  function turnTo(id) {
    doing?.leave();
    Object.assign(here, { open: id, ...NOWHERE, headers: new Map() });
    bar.forget();
    showChannels();
    notice("");
    showDrafts([]);
    card.clear();
    talk.forget();
    if (form) shutField();
  }

  function hearTalk({ now, ...told }) {
    clock.hear(now);
    const before = here.target;
    drafts = told.drafts;
    hearHeaders(told, told.page.bubbles);
    item = told.item;
    talk.show(told.page);
    if (form && here.target !== before) {
      write();
      if (wide.matches) focus();
    }
    doing?.showWaiting();
    showHeader();
    askForDrafts();
  }

  function hearHeaders({ header: own, merged }, bubbles) {
    here.headers = new Map([own, ...merged].map((each) => [each.conversation_id, each]));
    if (!here.headers.has(here.target)) {
      here.target = whereWritten(bubbles) ?? own.conversation_id;
      here.picked = false;
    }
    here.header = here.headers.get(here.target);
  }

  /** Where the buyer wrote last. */
  function whereWritten(bubbles) {
    return bubbles.findLast((bubble) => bubble.who === "buyer")?.conversation_id;
  }

  function hearNews({ now, ...news }) {
    clock.hear(now);
    const { target: before, header: last } = here;
    hearHeaders(news, []);
    const begins = !last?.waiting_since && here.header.waiting_since; // to wait, which is decided and told after what the buyer said
    if (form && here.target !== before) write();
    const byBuyer = talk.hear(news);
    doing?.heard(news.bubbles);
    const calls = news.bubbles.filter((bubble) => bubble.mentions.includes(me.id));
    alerts.hearCalls(calls.map(({ id, name, text, conversation_id }) => ({ note_id: Number(id.slice(1)), by: name, text, conversation_id })));
    showHeader();
    if (byBuyer && !here.picked && form && isEmpty() && whereWritten(news.bubbles) !== here.target) answerIn(whereWritten(news.bubbles), { byOneself: false });
    else if (byBuyer || begins) askForDrafts();
    else if (here.header.waiting_since === null) showDrafts([]);
  }

  function showHeader() {
    const { header } = here;
    find("[data-name]").textContent = nameOf(item, words);
    const waits = header.waiting_since ? make("time", { class: "timer", "data-since": header.waiting_since, "data-due": header.due_at }) : null;
    const state = words(`desk.mode_${header.mode}`, { name: header.assignee_id === me.id ? words("desk.me") : header.assignee_name || words("desk.person") });
    find("[data-state]").replaceChildren(...(waits ? [waits, " · "] : []), `${header.channel} · ${state}`, header.snoozed_until ? ` · ${words("desk.snoozed_until", { time: queue.when(header.snoozed_until) })}` : "");
    clock.tick(find("[data-state]"));
    const others = header.looking.filter((each) => each.staff_id !== me.id);
    const seen = others.map((each) => make("span", { class: each.types ? "chip chip-strong" : "chip", dir: "auto" }, words(each.types ? "desk.types" : "desk.looks", { name: each.name })));
    if (header.buyer_types) seen.push(make("span", { class: "chip" }, words("desk.buyer_types")));
    find("[data-looking]").replaceChildren(...seen);
    showChannels();
    bar.show(header);
  }

  /** Where an answer goes is asked only of buyers who write on several channels. */
  async function showChannels() {
    if (here.headers.size > 1) channels ??= await import("./channels.js").then(({ Channels }) => new Channels(find("[data-channels]"), { words, clock, onPick: (conversation) => answerIn(conversation) }), () => null);
    channels?.show([...here.headers.values()], here.target);
  }

  /** Answer in this one of the same buyer's conversations. */
  function answerIn(conversation, { byOneself = true } = {}) {
    here.picked ||= byOneself;
    if (conversation === here.target) return;
    here.target = conversation;
    here.header = here.headers.get(conversation);
    if (form) write();
    if (byOneself && wide.matches) focus();
    showHeader();
    askForDrafts();
  }

  // The field

  /** Between two conversations nothing can be written. The field keeps the focus: keys that are meant for it do nothing. */
  function shutField() {
    field.value = "";
    field.readOnly = form.querySelector("[data-tools]").inert = true;
    fitHeight(field);
  }

  /** The field is the target's now, with what was begun there: what the browser has kept is newer than what the server has. */
  function write() {
    const { target } = here;
    if (!keptDraft(target)) keepDraft(target, drafts[target] ?? "");
    delete drafts[target];
    field.readOnly = form.querySelector("[data-tools]").inert = false;
    if (doing) doing.open(target);
    else if (isBegunOtherwise(target)) doHere(() => {}, { quietly: true });
    else showKept();
  }

  function showKept() {
    const text = keptDraft(here.target)?.text ?? "";
    if (field.value !== text) field.value = text; // what is being typed keeps its place
    fitHeight(field);
    form.querySelector("[data-send]").disabled = isEmpty();
  }

  function begun() {
    keepDraft(here.target, field.value);
    form.querySelector("[data-send]").disabled = isEmpty();
  }

  function isEmpty() {
    return doing ? doing.composer.isEmpty : field.value.trim() === "";
  }

  function focus() {
    if (!form) return;
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
  }

  function typed(event) {
    if (here.target === null) return;
    if (event.isComposing !== true && SLASH.test(field.value) && form.dataset.note !== "true") {
      field.value = "";
      doHere((there) => there.openPicker());
    } else {
      if (!doing) begun();
      doHere((there) => there.composer.typed(), { quietly: true });
    }
  }

  function key(event) {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && !event.shiftKey && !event.altKey && !doing) {
      pressLater(event);
      doHere(() => {});
    } else if (event.key === "Escape" && !document.querySelector(":popover-open")) {
      event.preventDefault();
      if (form.dataset.note === "true") doing.composer.write(false);
      else if (!isEmpty()) field.blur();
      else if (bar.ofKey("Escape")) run(bar.ofKey("Escape"));
    }
  }

  function click(event) {
    const button = event.target.closest("button");
    if (!button || doing) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    doHere(() => button.click());
  }

  /** Pictures that are pasted are attached. */
  function paste(event) {
    const files = [...event.clipboardData.files]; // the event holds them no longer than now
    if (files.length === 0 || here.target === null) return;
    event.preventDefault();
    doHere((there) => there.composer.attachments.add(files));
  }

  // The bot beside you

  async function askForDrafts() {
    showDrafts([]);
    if (!form || here.header.waiting_since === null) return;
    const asked = here.target;
    const told = await hands.get(`console/inbox/${asked}/drafts`);
    if (asked === here.target && here.header?.waiting_since) showDrafts(told.drafts ?? []);
  }

  async function showDrafts(told) {
    const asked = here.target;
    if (told.length > 0) beside ??= await import("./beside.js").then(({ Beside }) => new Beside(find("[data-drafts]"), { words, onTake: (draft) => doHere((there) => there.takeDraft(draft)) }), () => null);
    if (asked === here.target) beside?.show(told);
  }

  function notice(said) {
    const line = find("[data-notice]");
    line.hidden = said === "";
    line.textContent = said;
  }

  // Wiring, once

  if (form) {
    for (const each of ["input", "compositionend"]) field.addEventListener(each, typed);
    field.addEventListener("keydown", key);
    field.addEventListener("paste", paste);
    form.addEventListener("click", click, { capture: true });
    find("[data-open]").addEventListener("dragenter", () => doHere(() => {}), { once: true }); // which takes what is dropped
    onDraft((conversation) => {
      if (conversation !== here.target) return;
      if (!doing) showKept();
      else if (document.activeElement === field) doing.composer.turn(doing.composer.note); // no answer becomes a note, or the other way, under one's hands
      else doing.composer.takeUp();
    });
    touched.then(beReady);
    if (isUnsent()) beReady();
  }
  setInterval(() => {
    for (const leaving of root.querySelectorAll("[data-undo-until]")) {
      const seconds = clock.secondsUntil(leaving.dataset.undoUntil);
      if (seconds > 0) leaving.textContent = words("fate.leaves", { n: seconds });
      else leaving.parentElement.replaceChildren(words("fate.sending"));
    }
  }, 250);

  const doings = { "/": (there) => there.openPicker(), c: (there) => there.openCards(), n: (there) => there.composer.write(true), p: (there) => there.composer.attachments.choose() };

  /** What a key does here, if it does anything now. */
  function ofKey(key) {
    if (here.header === null) return undefined;
    if (key === "v") return () => Boolean(channels?.next());
    if (!form) return undefined; // one may only look
    const action = bar.ofKey(key);
    return action ? () => void run(action) : key in doings ? () => void doHere(doings[key]) : undefined;
  }

  return {
    turnTo,
    hearTalk,
    hearNews,
    hearCard: (known) => card.show(known),
    retry: () => doing?.retry(),
    focus,
    ofKey,
    get isOpen() {
      return here.header !== null;
    },
    drafts: (number) => Boolean(beside?.take(number)),
  };
}
