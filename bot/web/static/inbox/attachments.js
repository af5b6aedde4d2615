// Pictures that are to go with the next answer: handed in as they are chosen, pasted or dropped, each with how far it is.
// Those of a conversation stay until they are sent or taken out, also after a reload of the page.

import { addressOf, make } from "../elements.js";
import { onFiles } from "../files.js";

const LARGEST_BYTES = 10 * 1024 * 1024;
const MOST = 9;
const PATIENCE_MS = 60_000;

export class Attachments {
  /** `onChange()` hears that there is something else to send; `whyNot()` says why the channel takes no pictures, or "". */
  constructor(form, { words, hands, onChange, whyNot }) {
    Object.assign(this, { words, hands, onChange, whyNot });
    this.list = form.querySelector("[data-pictures]");
    this.said = form.querySelector("[data-pictures-said]");
    this.input = form.querySelector("[data-picture-file]");
    this.all = new Map(); // conversation → what is attached there
    this.conversation = null;
    form.querySelector("[data-picture]").addEventListener("click", () => this.choose());
    onFiles(this.input, (files) => this.add(files));
  }

  /** What is dropped on this element is attached. */
  takeDropsOn(place) {
    const holdsFiles = (event) => this.conversation !== null && event.dataTransfer.types.includes("Files");
    place.addEventListener("dragover", (event) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      place.dataset.drop = "";
    });
    place.addEventListener("dragleave", (event) => place.contains(event.relatedTarget) || delete place.dataset.drop);
    place.addEventListener("drop", (event) => {
      delete place.dataset.drop;
      if (!holdsFiles(event)) return;
      event.preventDefault();
      this.add(event.dataTransfer.files);
    });
  }

  open(conversation) {
    this.conversation = conversation;
    this.all.set(conversation, this.of(conversation));
    this.tell("");
    this.draw();
  }

  choose() {
    const why = this.whyNot();
    if (why) this.tell(this.words(`unable.${why}`));
    else this.input.click();
  }

  get here() {
    return this.all.get(this.conversation) ?? [];
  }

  /** The names of what is handed in. */
  get pictures() {
    return this.here.map((each) => each.picture).filter(Boolean);
  }

  get isBusy() {
    return this.here.some((each) => !each.picture);
  }

  clear() {
    this.all.set(this.conversation, []);
    this.tell("");
    this.changed();
  }

  /** Attach again what the server has already, in this conversation or another. */
  restore(pictures, conversation = this.conversation) {
    const again = [...this.of(conversation), ...pictures.map((picture) => ({ picture, row: null }))];
    this.all.set(conversation, again);
    if (conversation === this.conversation) this.changed();
    else keep(conversation, again);
  }

  of(conversation) {
    return this.all.get(conversation) ?? kept(conversation).map((picture) => ({ picture, row: null }));
  }

  add(files) {
    this.tell("");
    [...files].forEach((file) => this.addOne(file));
  }

  addOne(file) {
    const problem = this.problemOf(file);
    if (problem) return this.tellAlso(this.words(problem, { name: file.name }));
    const one = { file, picture: "", row: null };
    this.here.push(one);
    this.changed();
    this.handIn(one, this.conversation);
  }

  problemOf(file) {
    const why = this.whyNot();
    if (why) return `unable.${why}`;
    if (this.here.length >= MOST) return "picture.many";
    if (file.size === 0) return "picture.empty";
    if (!file.type.startsWith("image/")) return "picture.none";
    return file.size > LARGEST_BYTES ? "picture.large" : "";
  }

  /** Hand it in; an XMLHttpRequest, as it alone says how much has left. */
  handIn(one, conversation) {
    const request = new XMLHttpRequest();
    one.request = request;
    request.open("POST", addressOf(`console/inbox/${conversation}/pictures`));
    request.setRequestHeader("Content-Type", one.file.type);
    request.setRequestHeader("Xiaoer-Proof", this.hands.proof);
    request.timeout = PATIENCE_MS;
    request.upload.addEventListener("progress", ({ loaded, total }) => this.progress(one, loaded / total));
    request.addEventListener("load", () => this.handedIn(one, conversation, request));
    for (const trouble of ["error", "timeout"]) request.addEventListener(trouble, () => this.failed(one, conversation, this.words("desk.no_network")));
    request.send(one.file);
  }

  handedIn(one, conversation, request) {
    if (request.status !== 200) return this.failed(one, conversation, this.words(request.status === 413 ? "picture.large" : request.status === 401 ? "desk.signed_out" : "desk.server_trouble", { name: one.file.name }));
    const told = JSON.parse(request.responseText);
    if (told.outcome !== "done") return this.drop(one, conversation, this.words(told.reason.startsWith("pictures_") ? `unable.${told.reason}` : `picture.${SAID[told.reason] ?? "none"}`, { name: one.file.name }));
    one.picture = told.picture;
    if (conversation === this.conversation) this.changed();
    else keep(conversation, this.all.get(conversation));
  }

  /** It may be tried again. */
  failed(one, conversation, problem) {
    one.problem = problem;
    if (conversation === this.conversation) this.changed();
  }

  /** It is not going to be taken. */
  drop(one, conversation, problem) {
    this.all.set(conversation, this.all.get(conversation).filter((each) => each !== one));
    if (conversation !== this.conversation) return;
    this.tellAlso(problem);
    this.changed();
  }

  progress(one, share) {
    const bar = one.row?.querySelector("progress");
    if (bar) bar.value = share;
  }

  /** Of several each has its line. */
  tellAlso(problem) {
    this.tell([this.said.textContent, problem].filter(Boolean).join("\n"));
  }

  tell(problem) {
    this.said.textContent = problem;
    this.said.hidden = problem === "";
  }

  changed() {
    keep(this.conversation, this.here);
    this.draw();
    this.onChange();
  }

  draw() {
    this.list.hidden = this.here.length === 0;
    this.list.replaceChildren(...this.here.map((one, at) => this.row(one, at)));
  }

  row(one, at) {
    one.address ??= one.file ? URL.createObjectURL(one.file) : addressOf(`console/inbox/${this.conversation}/pictures/${one.picture}`);
    const out = make("button", { type: "button", class: "button button-icon", "aria-label": this.words("picture.take_out", { n: at + 1 }), title: this.words("picture.take_out", { n: at + 1 }) }, "×");
    out.addEventListener("click", () => this.takeOut(one));
    const parts = [make("img", { src: one.address, alt: one.file?.name ?? "" }), out];
    if (one.problem) parts.push(make("small", { role: "alert" }, one.problem), this.again(one));
    else if (!one.picture) parts.push(make("progress", { max: 1, value: 0, "aria-label": this.words("picture.sending") }));
    one.row = make("li", {}, ...parts);
    return one.row;
  }

  again(one) {
    const button = make("button", { type: "button", class: "link" }, this.words("desk.load_again"));
    const conversation = this.conversation;
    button.addEventListener("click", () => {
      one.problem = "";
      this.draw();
      this.handIn(one, conversation);
    });
    return button;
  }

  takeOut(one) {
    one.request?.abort();
    this.all.set(this.conversation, this.here.filter((each) => each !== one));
    this.tell("");
    this.changed();
  }
}

const SAID = { picture_too_large: "large" };

function keep(conversation, attached) {
  try {
    sessionStorage.setItem(nameOf(conversation), JSON.stringify(attached.map((each) => each.picture).filter(Boolean)));
  } catch {
    // storage is blocked: they stay as long as the page lasts
  }
}

function kept(conversation) {
  try {
    return JSON.parse(sessionStorage.getItem(nameOf(conversation)) ?? "[]");
  } catch {
    return [];
  }
}

function nameOf(conversation) {
  return `xiaoer.pictures.${conversation}`;
}
