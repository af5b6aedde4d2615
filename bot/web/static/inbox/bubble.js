// Draws one thing that was said or that happened. Everything is text; an address in it is not live until it is opened.

import { knows, make } from "../elements.js";
import { isOnlyEmoji, moreButton } from "../said.js";

const ADDRESS = /https?:\/\/[^\s<>"'，。、；！？）】》]+/g;
const CARDS = new Set(["productcard", "ordercard"]);

/** `hears` are who hears the buttons: `why(bubble)`, `undo(bubble)`, `again(bubble)`; `grew()` hears that a picture is shown. */
export function makeBubble(bubble, { words, clock, hears, me }) {
  if (bubble.who === "system") return systemLine(bubble, words);
  const author = bubble.who === "person" ? "staff" : bubble.who;
  const row = make("div", { class: "row", "data-author": author, "data-id": bubble.id });
  if (bubble.delivery) row.dataset.state = bubble.delivery;
  if (bubble.mentions.includes(me.id)) row.dataset.calls = "true";
  row.title = new Date(bubble.at).toLocaleString(document.documentElement.lang);
  const name = make("span", { class: "who", dir: "auto" }, whoSaid(bubble, words, me), bubble.channel ? make("span", { class: "via" }, bubble.channel) : null);
  const body = make("div", { class: "bubble", dir: "auto" }, ...inside(bubble, words, hears));
  if (bubble.kind !== "image" && isOnlyEmoji(bubble.text)) body.classList.add("bubble-emoji");
  row.append(name, body);
  const more = moreButton(body, bubble.text, words);
  if (more) row.append(more);
  const fate = makeFate(bubble, words, clock, hears);
  if (fate) row.append(fate);
  if (bubble.who === "bot" && bubble.decision_id !== null && (hears.why || hears.correct)) row.append(makeWhy(bubble, words, hears));
  return row;
}

function systemLine(bubble, words) {
  const key = `line.${bubble.kind}`;
  const said = knows(words, key) ? words(key, { name: bubble.name, ...bubble.values }) : bubble.text || bubble.kind;
  return make("div", { class: "line", dir: "auto", "data-id": bubble.id, title: new Date(bubble.at).toLocaleString(document.documentElement.lang) }, said);
}

function whoSaid(bubble, words, me) {
  if (bubble.who === "buyer") return bubble.name || words("desk.buyer");
  if (bubble.who === "bot") return words("desk.bot");
  const name = bubble.staff_id !== null && bubble.staff_id === me.id ? words("desk.me") : bubble.name || words("desk.person");
  if (bubble.who === "note") return words("desk.note_by", { name });
  return bubble.sender === "human_assisted" ? words(bubble.edited ? "desk.assisted_edited" : "desk.assisted", { name }) : name;
}

function inside(bubble, words, hears) {
  if (bubble.picture || bubble.kind === "image") return [pictureFrame(bubble, words, hears)];
  const card = CARDS.has(bubble.kind) ? bubble.kind : bubble.card && `${bubble.card.split(":")[0]}card`;
  if (card) {
    return [make("span", { class: "bubble-card" }, make("small", {}, words(`desk.${card}`)), make("b", {}, bubble.text))];
  }
  if (bubble.kind === "unsupported") return [make("span", { class: "muted" }, words("desk.unsupported", { kind: bubble.text }))];
  return withAddresses(bubble.text, words);
}

function withAddresses(text, words) {
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(ADDRESS)) {
    parts.push(text.slice(from, found.index), found[0], openButton(found[0], words));
    from = found.index + found[0].length;
  }
  return [...parts, text.slice(from)].filter((part) => part !== "");
}

function openButton(address, words) {
  const button = make("button", { type: "button", class: "link bubble-open", "aria-label": words("desk.open_address", { address }) }, words("desk.open"));
  button.addEventListener("click", () => window.open(address, "_blank", "noopener,noreferrer"));
  return button;
}

/** What shows a picture is loaded with the first one. */
function pictureFrame(bubble, words, hears) {
  const frame = make("span", { class: "bubble-picture" });
  import("./picture.js").then(
    ({ fillFrame }) => fillFrame(frame, bubble, { words, hears, said: () => withAddresses(bubble.text, words) }),
    () => frame.replaceChildren(words("desk.no_network")),
  );
  return frame;
}

function makeFate(bubble, words, clock, hears) {
  if (!bubble.delivery) return null;
  const note = make("div", { class: "fate" });
  if (bubble.undo_until && clock.secondsUntil(bubble.undo_until) > 0) {
    note.append(make("span", { "data-undo-until": bubble.undo_until }, words("fate.leaves", { n: clock.secondsUntil(bubble.undo_until) })));
    if (hears.mayUndo(bubble)) note.append(" ", link(words("fate.undo"), () => hears.undo(bubble)));
    return note;
  }
  const state = bubble.read ? "read" : bubble.delivery;
  note.append(words(`fate.${state}`, { problem: bubble.fault ? words(`fault.${bubble.fault}`) : bubble.problem }));
  if (bubble.fault && state === "failed") note.append(" ", make("small", { class: "raw", lang: "en", dir: "auto" }, bubble.problem));
  if (bubble.who === "person" && (state === "failed" || state === "unknown")) {
    note.append(" ", link(words("fate.again"), () => hears.again(bubble)));
  }
  return note;
}

/** What the bot took it for, and what it should have been. */
function makeWhy(bubble, words, hears) {
  const should = bubble.should_have_been ? words("desk.should", { title: bubble.should_have_been }) : words("verb.do_correct");
  const correct = hears.correct ? link(should, () => hears.correct(bubble)) : null;
  correct?.classList.add("why-link");
  correct?.setAttribute("title", words("verb.hint_correct"));
  return make("div", { class: "fate fate-why" }, hears.why ? whyButton(bubble, words, hears) : null, hears.why && correct ? " · " : null, correct);
}

function whyButton(bubble, words, hears) {
  const sure = bubble.confidence === null ? "" : ` ${Math.round(bubble.confidence * 100)}%`;
  const named = bubble.entry_title ? `${bubble.entry_title}${sure}` : `${words("desk.why")}${sure}`;
  const button = make("button", { type: "button", class: "link why-link", title: words("desk.why_hint"), "aria-label": words("desk.why_of", { title: named }) }, named);
  button.addEventListener("click", () => hears.why(bubble));
  return button;
}

function link(words, onClick) {
  const button = make("button", { type: "button", class: "link" }, words);
  button.addEventListener("click", onClick);
  return button;
}
