// What one does in the open conversation: answering, noting, phrases, pictures, cards, and every click. It is loaded with the
// first of them.

import { make } from "../elements.js";
import { freshId } from "../ids.js";
import { part } from "../parts.js";
import { actionOf } from "./bar.js";
import { Composer } from "./composer.js";
import { Sending } from "./sending.js";

/** What it is given is the page, and the room around it: `here` is what is open, the rest shows what became of it. */
export function makeDoing({ find, words, facts, clock, hands, queue, wide, openTalk, shutTalk, tell, here, form, talk, card, showDrafts, answerIn, notice, focus }) {
  const { me } = facts;
  let acting = Promise.resolve(); // the clicks that are under way
  let shown = null; // quick phrases, once they are loaded
  const fates = new Map(); // of what is under way, by key
  const sentBy = new Map(); // bubbles of this page → the key they were sent under, which takes them back
  const awaited = new Map(); // bubbles that the server has and the stream has not shown yet → key
  const whyNoPictures = () => facts.no_pictures[here.header?.channel] ?? "pictures_not_here";
  const noNetwork = () => tell(words("desk.no_network"));

  const sending = new Sending({ words, hands, clicked: () => acting, versionOf, onShow: showUnderWay, onDone: arrived, onEdit: editAgain });
  const composer = new Composer(form, {
    words,
    hands,
    focus,
    onSend: answer,
    onNote: note,
    onWrites: (isNote) => isNote && offerNames(),
    onTypes: (types) => hands.post(`console/inbox/${here.target}/typing`, { types }),
    onKeep: keepOnServer,
    whyNoPictures,
  });
  const questions = part(() => import("./questions.js").then(({ Questions }) => new Questions({ words, clock, hands, me, tell, here, talk, queue, composer })), noNetwork);
  const picker = part(() => import("./picker.js").then(makePicker), noNetwork);
  const mentions = part(() => import("./mentions.js").then(({ Mentions }) => new Mentions(form, { words, isNote: () => composer.note, names: async () => (await hands.get(`console/inbox/${here.target}/callable`)).names ?? [] })), noNetwork);
  const cards = part(() => import("./cards.js").then(({ Cards }) => new Cards(document.getElementById("cards-dialog"), { words, products: facts.products, orders, onPick: (name) => say({ id: freshId(), texts: [], cards: [name] }) })), noNetwork);

  /** Write in this conversation. */
  function open(conversation) {
    shown?.shut({ focus: false });
    composer.open(conversation);
  }

  /** Nothing is done any more in the conversation that is open. */
  function leave() {
    composer.shut();
    sending.giveUp(giveBack);
    shown?.shut({ focus: false });
    fates.clear();
  }

  /** What waits to be sent stands below what the server has. */
  function showWaiting() {
    for (const id of here.headers.keys()) sending.waiting(id).forEach((message) => showUnderWay(id, message, "sending", words("fate.leaving")));
  }

  /** These have come by the stream. */
  function heard(bubbles) {
    for (const bubble of bubbles) {
      talk.arrived(awaited.get(bubble.id));
      awaited.delete(bubble.id);
    }
  }

  // Clicks

  /** Do what a button or a key says, after its question. `about` is what it is done to, where that is a bubble. */
  async function run(action, about = null) {
    const header = about ? here.headers.get(about.conversation_id) : here.header;
    if (document.getElementById("desk-dialog").open || !header) return;
    const isOwed = header.waiting_since !== null && sending.waiting(header.conversation_id).length === 0;
    const question = action.ask ?? (isOwed ? action.owed : null);
    const more = question ? await (await questions())?.ask(question, header, about) : {};
    if (!more || (!about && header.conversation_id !== here.header?.conversation_id)) return;
    const isTurn = action.afterAnswers ? sending.isThrough([...here.headers.keys()]) : true;
    const { outcome } = await act(action.verb, more, header, isTurn);
    if (outcome === "done" && action.told) tell(words(action.told));
  }

  /** One's own clicks go out one after the other, so that nobody is told that they were faster than themselves. */
  function act(verb, more = {}, seen = here.header, isTurn = true) {
    const done = acting.then(() => isTurn).then((turn) => (turn ? carryOut(verb, more, seen) : tooEarly(seen)));
    acting = done.catch(() => {});
    return done;
  }

  /** What was said before has not left: this would come first. */
  function tooEarly({ conversation_id: id }) {
    if (here.headers.has(id)) notice(words("desk.answer_first"));
    return { outcome: "failed" };
  }

  async function carryOut(verb, more, header) {
    const { conversation_id: id } = header;
    const seen = here.headers.get(id) ?? header;
    const next = verb === "close" ? (queue.beside(1) ?? queue.beside(-1)) : null;
    const result = await hands.act(id, verb, click(seen), verb === "transfer" ? { ...more, beside: beside(id) } : more);
    if (result.outcome !== "done") {
      if (here.headers.has(id)) notice(hands.problemOf(result));
      return result;
    }
    if (here.headers.has(id)) {
      notice("");
      movedOn(id, result.version);
      if (verb === "close" && here.headers.size === 1) wide.matches && next !== null ? openTalk(next) : shutTalk();
    }
    return result;
  }

  /** What else the same buyer has, as it was seen. */
  function beside(id) {
    const others = [...here.headers.values()].filter((each) => each.conversation_id !== id);
    return others.map(({ conversation_id, version }) => ({ conversation_id, seen_version: version }));
  }

  /** The conversation is at this version now. */
  function movedOn(id, version) {
    const known = here.headers.get(id);
    here.headers.set(id, { ...known, version: Math.max(known.version, version) });
    if (id === here.target) here.header = here.headers.get(id);
  }

  // Saying

  function answer(draft) {
    const { id, text, entry = null, was = "", phrase, pictures } = draft;
    const texts = text === "" ? [] : phrase || was ? text.split(/\n{2,}/) : [text]; // several bubbles stay several
    say({ id, texts, pictures, entry, assisted: was !== "", edited: was !== "" && was !== text });
  }

  function say({ id, texts, pictures = [], cards = [], ...more }) {
    if (here.header === null) return;
    showDrafts([]);
    sending.send(here.target, { key: id, version: here.header.version, texts, pictures, cards, ...more });
  }

  /** What one has seen by now. */
  function versionOf(conversation, version) {
    return here.headers.get(conversation)?.version ?? version;
  }

  function showUnderWay(conversation, message, state, said, ...buttons) {
    if (!here.headers.has(conversation)) return state === "failed" && sending.giveUp(giveBackElsewhere, conversation);
    if (message.replaces) talk.arrived(message.replaces);
    if (!fates.has(message.id) || !talk.pending.has(message.id)) fates.set(message.id, expect(talk, message.id, message.texts.join("\n") || words(message.cards?.length ? "desk.a_card" : "desk.a_picture")));
    fates.get(message.id)(state, said, ...buttons);
  }

  function arrived(conversation, message, result) {
    if (!here.headers.has(conversation)) return;
    movedOn(conversation, result.version);
    result.bubbles.forEach((id) => sentBy.set(id, message.id));
    const missing = result.bubbles.filter((id) => !talk.bubbles.has(id));
    if (missing.length > 0) return awaited.set(missing.at(-1), message.id);
    talk.arrived(message.id);
    result.bubbles.forEach((id) => talk.put(talk.bubbles.get(id))); // now that it is known how to take it back
  }

  function editAgain(conversation, message) {
    if (!here.headers.has(conversation)) return;
    talk.arrived(message.id);
    answerIn(conversation);
    putBack(message.texts.join("\n"), message.pictures ?? []);
  }

  async function undo(bubble) {
    const key = sentBy.get(bubble.id);
    const said = [...talk.bubbles.values()].filter((each) => sentBy.get(each.id) === key); // all of it is taken back
    const result = await act("undo", { answer_key: key }, here.headers.get(bubble.conversation_id));
    if (result.outcome !== "done") return;
    const texts = said.map((each) => (each.card ? "" : each.text)).filter(Boolean);
    const pictures = said.map((each) => each.picture).filter(Boolean);
    if (!here.headers.has(bubble.conversation_id)) return giveBack(bubble.conversation_id, { texts, pictures });
    answerIn(bubble.conversation_id);
    putBack(texts.join("\n"), pictures);
  }

  /** What is not going to be sent is a draft again, where one has turned away from it. */
  function giveBack(conversation, { texts, pictures = [] }) {
    if (texts.length > 0) composer.giveBack(conversation, texts.join("\n"), false);
    if (pictures.length > 0) composer.attachments.restore(pictures, conversation);
  }

  function giveBackElsewhere(conversation, message) {
    giveBack(conversation, message);
    tellOf(conversation, words("desk.given_back"));
  }

  /** Tell what happened in a conversation that is not open; a click opens it. */
  function tellOf(conversation, said) {
    const link = make("button", { type: "button", class: "link" }, words("desk.look"));
    link.addEventListener("click", () => openTalk(conversation));
    tell(said, link);
  }

  function putBack(text, pictures) {
    if (text) composer.add(text);
    if (pictures.length > 0) composer.attachments.restore(pictures);
    focus();
  }

  function again(bubble) {
    const header = here.headers.get(bubble.conversation_id);
    return act("send_again", { bubble: bubble.id }, header, sending.isThrough([header.conversation_id]));
  }

  /** The key is that of the draft as long as its words are the same: when the answer is lost, a second try is no second note. */
  async function note({ id, text, tried = text }) {
    const conversation = here.target;
    const key = tried === text ? id : freshId();
    const result = await act("note", { key, text });
    if (result.not_called?.length > 0 && conversation === here.target) notice(words("desk.not_called", { names: result.not_called.join(words("desk.and")) }));
    if (result.outcome !== "done") composer.giveBack(conversation, text, true, { id: key, tried: text });
  }

  /** Colleagues' names are offered from the first note on. */
  async function offerNames() {
    const there = await mentions({ quietly: true });
    if (offerNames.at !== here.target) there?.forget();
    offerNames.at = here.target;
    there?.look(); // it may have been begun already
  }

  async function keepOnServer(conversation, text) {
    const result = await hands.post(`console/inbox/${conversation}/draft`, { text });
    if (conversation === here.target && text !== "") composer.tell(result.outcome === "failed" ? words("desk.kept_here") : "");
  }

  function takeDraft(draft) {
    composer.fill(draft.text, { entry: draft.entry, was: draft.text });
  }

  // Phrases and cards

  async function openPicker() {
    composer.show();
    await (await picker())?.open(here.target);
  }

  function makePicker({ Picker }) {
    return (shown = new Picker(find("[data-picker]"), {
      words,
      find: (conversation, q) => hands.get(`console/inbox/${conversation}/phrases?${new URLSearchParams({ q })}`),
      fill: (conversation, phrase, values) => hands.post(`console/inbox/${conversation}/phrases/${phrase.id}`, { values }),
      askFor: async (phrase, names) => (await questions())?.askFor(phrase.title, names),
      onPick: pickPhrase,
      onSend: sendPhrase,
      onLate: (conversation, { texts, pictures }) => giveBack(conversation, { texts: [texts.join("\n\n")].filter(Boolean), pictures }),
      isOpen: (conversation) => conversation === here.target,
      onProblem: (answer) => void notice(hands.problemOf(answer)),
      onShut: focus,
    }));
  }

  /** Its words into the field, its pictures beside it; a note has none. */
  function pickPhrase(phrase, { texts, pictures, left_out: leftOut }) {
    if (texts.length > 0) composer.add(texts.join("\n\n"), texts.length > 1 ? { below: "\n\n", phrase: phrase.id } : {});
    if (composer.note) return;
    if (pictures.length > 0) composer.attachments.restore(pictures);
    if (leftOut > 0) composer.attachments.tell(words(`unable.${whyNoPictures()}`));
  }

  function sendPhrase(phrase, { texts, pictures, left_out: leftOut }) {
    if (leftOut > 0) composer.attachments.tell(words(`unable.${whyNoPictures()}`));
    if (texts.length + pictures.length > 0) return say({ id: freshId(), texts, pictures });
  }

  function beReady() {
    for (const each of [picker, questions]) each({ quietly: true });
  }

  async function openCards() {
    (await cards())?.open();
  }

  /** The buyer's orders on the channel that one answers in. */
  function orders() {
    const known = [card.known, ...(card.known?.merged ?? [])].filter((each) => each?.conversation_id === here.target);
    return known.map((each) => each.order_id).filter(Boolean);
  }

  // Wiring, once

  addEventListener("pagehide", () => sending.giveUp(giveBack));
  form.querySelector("[data-propose]").addEventListener("click", () => run(actionOf("propose")));
  form.querySelector("[data-phrases]").addEventListener("click", openPicker);
  form.querySelector("[data-cards]").addEventListener("click", openCards);

  composer.attachments.takeDropsOn(find("[data-open]"));

  return { composer, open, leave, showWaiting, heard, run, act, undo, again, takeDraft, openPicker, openCards, beReady, mayUndo: (bubble) => sentBy.has(bubble.id), retry: () => sending.retry() };
}

/** A click: a key of its own, and the version that was seen. */
function click(header, key = freshId()) {
  return { key, version: header.version };
}

/** Show what was just said, until the server has it. Gives what becomes of it: `fate(state, words, ...buttons)`. */
function expect(talk, key, text) {
  const row = make("div", { class: "row", "data-author": "staff", "data-state": "sending", "data-key": key });
  const note = make("div", { class: "fate" });
  row.append(make("div", { class: "bubble", dir: "auto" }, text), note);
  talk.pending.set(key, row);
  talk.log.append(row);
  talk.scroll();
  return (state, words, ...buttons) => {
    row.dataset.state = state;
    note.replaceChildren(words, ...buttons.flatMap((button) => [" ", button]));
    if (talk.isNearBottom()) talk.scroll();
  };
}
