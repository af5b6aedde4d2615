// Where a person writes. Enter sends, Shift+Enter starts a line, an input method's Enter does neither. What is typed is
// kept from the first letter on, here at once and on the server a moment later. It is loaded with that letter.

import { addressOf, fitHeight } from "../elements.js";
import { Attachments } from "./attachments.js";
import { dropDraft, keepDraft, keptDraft } from "./keep.js";
import { freshId } from "../ids.js";

const LONGEST_TEXT = 2_000;
const KEEP_AFTER_MS = 700;
const TYPES_AGAIN_MS = 3_000;

export class Composer {
  /**
   * `onSend(draft)` and `onNote(draft)` hear what is to go, `onWrites(isNote)` which of the two is begun;
   * `onTypes(types)` that somebody is writing; `onKeep(conversation, text)` what the server should keep; `whyNoPictures()` says
   * why the channel takes none, or "".
   */
  constructor(form, { words, hands, focus, onSend, onNote, onWrites, onTypes, onKeep, whyNoPictures }) {
    Object.assign(this, { form, words, hands, focus, onSend, onNote, onWrites, onTypes, onKeep });
    this.attachments = new Attachments(form, { words, hands, onChange: () => this.show(), whyNot: () => (this.note ? "pictures_not_here" : whyNoPictures()) });
    this.field = form.querySelector("textarea");
    this.said = form.querySelector("[data-said]");
    this.button = form.querySelector("[data-send]");
    this.tools = form.querySelector("[data-tools]");
    this.noteMode = form.querySelector("[data-note-mode]");
    this.conversation = null;
    this.note = false;
    this.draft = null; // what stands in the field
    this.lastTyped = -Infinity;
    this.listen();
  }

  /** Between two conversations nothing can be written. The field keeps the focus: keys that are meant for it do nothing. */
  shut() {
    this.flush();
    this.attachments.open((this.conversation = null));
    this.note = false;
    this.draft = null;
    this.field.value = "";
    this.field.readOnly = this.tools.inert = true;
    this.show();
  }

  /** Turn to a conversation, with what is kept of it. */
  open(conversation) {
    this.flush();
    if (conversation !== this.conversation) this.lastTyped = -Infinity; // whoever waits there has heard nothing of it yet
    this.conversation = conversation;
    this.attachments.open(conversation);
    this.field.readOnly = this.tools.inert = false;
    this.takeUp();
  }

  /** Go on with what is kept: with the answer; with the note where that is all there is. */
  takeUp() {
    this.turn(!keptDraft(this.conversation) && Boolean(keptDraft(this.conversation, true)));
  }

  /** Show the answer or the note. What stood in the field stays kept. */
  turn(note) {
    this.note = note;
    this.draft = keptDraft(this.conversation, note);
    const text = this.draft?.text ?? "";
    if (this.field.value !== text) this.field.value = text; // what is being typed keeps its place
    this.show();
  }

  /** Put words into the field, ready to be changed and sent. `more` says where they came from. */
  fill(text, more = {}) {
    if (this.conversation === null) return;
    if (this.note) this.turn(false);
    this.field.value = text;
    dropDraft(this.conversation);
    this.draft = keepDraft(this.conversation, text, false, more);
    this.show();
    this.later();
    this.focus();
  }

  /** Put words below what stands in the field, which stays what it is: a phrase, or a draft of the bot. */
  add(text, { below = "\n", ...more } = {}) {
    if (this.conversation === null) return;
    const begun = keptDraft(this.conversation);
    this.fill(begun?.text.trim() ? `${begun.text.trimEnd()}${below}${text}` : text, { ...begun, ...more });
  }

  /** What did not go through is kept again, before what was begun since, and shown unless the other of the two is written. */
  giveBack(conversation, text, isNote, more = {}) {
    const begun = keptDraft(conversation, isNote);
    keepDraft(conversation, begun ? `${text}\n${begun.text}` : text, isNote, begun ? {} : more);
    if (conversation !== this.conversation) return;
    if (this.note === isNote) this.turn(isNote);
    else this.takeUp();
  }

  clear() {
    clearTimeout(this.timer);
    this.timer = null;
    dropDraft(this.conversation, this.note);
    if (!this.note) this.onKeep(this.conversation, "");
    this.takeUp();
  }

  get isEmpty() {
    return this.field.value.trim() === "" && (this.note || this.attachments.here.length === 0);
  }

  /** Write a note for colleagues instead of an answer, or an answer again. The words go along, unless the other is begun already. */
  write(note) {
    if (this.conversation === null) return;
    if (note !== this.note) this.change(note);
    this.focus();
    this.onWrites(note);
  }

  change(note) {
    this.flush();
    const begun = keptDraft(this.conversation, note) !== null;
    if (!begun) moveDraft(this.conversation, this.note);
    this.turn(note);
    if (!begun) this.onKeep(this.conversation, note ? "" : this.field.value);
  }

  tell(words) {
    this.said.textContent = words;
  }

  // What is typed

  typed() {
    this.draft = keepDraft(this.conversation, this.field.value, this.note);
    this.show();
    this.later();
    if (!this.note && performance.now() - this.lastTyped > TYPES_AGAIN_MS) {
      this.lastTyped = performance.now();
      this.onTypes(this.field.value !== "");
    }
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), KEEP_AFTER_MS);
  }

  flush() {
    if (!this.timer || this.conversation === null) return;
    clearTimeout(this.timer);
    this.timer = null;
    if (!this.note) this.onKeep(this.conversation, this.field.value);
  }

  show() {
    const { field } = this;
    fitHeight(field);
    const count = Array.from(field.value).length;
    const tooLong = count > LONGEST_TEXT;
    this.tell(tooLong ? this.words("desk.too_long", { limit: LONGEST_TEXT, count }) : "");
    this.button.disabled = tooLong || this.isEmpty || (!this.note && this.attachments.isBusy);
    this.attachments.list.inert = this.note;
    this.noteMode.hidden = !this.note;
    this.form.dataset.note = String(this.note);
    field.placeholder = this.words(this.note ? "desk.note_placeholder" : "desk.placeholder");
  }

  /** What another tab sent a moment ago goes with the id it had there, so that it is said once. */
  submit() {
    if (this.button.disabled) return;
    const text = this.field.value.trim();
    const draft = this.draft ?? { id: freshId() };
    if (this.note) this.onNote({ ...draft, text });
    else {
      this.onSend({ ...draft, text, pictures: this.attachments.pictures });
      this.attachments.clear();
    }
    this.clear();
  }

  // Wiring, once

  listen() {
    const { field, form } = this;
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.altKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      form.requestSubmit();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    form.querySelector("[data-note]").addEventListener("click", () => this.write(!this.note));
    form.querySelector("[data-note-off]").addEventListener("click", () => this.write(false));
    addEventListener("pagehide", () => {
      if (!this.timer || this.note || this.conversation === null) return;
      const body = new Blob([JSON.stringify({ text: field.value })], { type: "application/json" });
      fetch(addressOf(`console/inbox/${this.conversation}/draft`), { method: "POST", body, keepalive: true, headers: { "Content-Type": "application/json", "Xiaoer-Proof": this.hands.proof } });
    });
  }
}

/** Make the answer a note, or the note an answer. It counts as new. */
function moveDraft(conversation, isNote) {
  const draft = keptDraft(conversation, isNote);
  if (draft === null) return;
  dropDraft(conversation, isNote);
  keepDraft(conversation, draft.text, !isNote, { ...draft, id: freshId() });
}
