// Draws what was said. Everything is text: markup, links and scripts in it stay letters on the screen.

import { make } from "../elements.js";

const LONG_TEXT = 600;
const LONG_LINES = 16;
const PAUSE_MS = 5 * 60_000;
const YES = "是的";
const ONLY_EMOJI = /^(?:\p{Extended_Pictographic}|\p{Emoji_Component}|\u200d|\ufe0f|\s){1,24}$/u;

/** A row of the log: the bubble, who said it (for those who listen), and its state. */
export function makeRow(item, words) {
  if (item.author === "system") {
    return make("div", { class: "line", "data-author": "system", dir: "auto" }, item.text);
  }
  const bubble = make("div", { class: "bubble", dir: "auto" }, withoutChoices(item));
  if (isOnlyEmoji(item.text)) bubble.classList.add("bubble-emoji");
  const label = words(`chat.label_${item.author}`);
  const name = make("span", { class: item.author === "buyer" ? "visually-hidden" : "who" }, label);
  return make("div", { class: "row", "data-author": item.author }, name, bubble, moreButton(bubble, item.text, words));
}

/** The buttons of a choice: numbered, or a plain yes where there is only one. `onChoose` hears what to say. */
export function makeChoices(choices, words, onChoose) {
  const buttons = choices.length === 1 ? [makeYes(words, onChoose)] : choices.map((title, at) => makeNumbered(title, String(at + 1), words, onChoose));
  return make("div", { class: "choices" }, ...buttons);
}

function makeNumbered(title, number, words, onChoose) {
  const label = words("chat.choice", { number, title });
  const button = make("button", { type: "button", class: "choice", "aria-label": label }, make("b", {}, number), make("span", { dir: "auto" }, title));
  button.addEventListener("click", () => onChoose(number));
  return button;
}

function makeYes(words, onChoose) {
  const button = make("button", { type: "button", class: "choice" }, words("chat.yes"));
  button.addEventListener("click", () => onChoose(YES));
  return button;
}

/** A small line with the time, when the conversation paused before this moment; otherwise null. */
export function makePause(before, at) {
  if (before !== null && at - before < PAUSE_MS) return null;
  const language = document.documentElement.lang;
  const sameDay = at.toDateString() === new Date().toDateString();
  const day = sameDay ? {} : { month: "short", day: "numeric" };
  const words = new Intl.DateTimeFormat(language, { ...day, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at);
  const exact = at.toLocaleString(language);
  return make("div", { class: "line" }, make("time", { datetime: at.toISOString(), title: exact }, words));
}

// The text names a numbered choice line by line; here these lines are the buttons below it.
function withoutChoices({ text, choices = [] }) {
  const named = new Set(choices.map((title, at) => `${at + 1}. ${title}`));
  const left = text.split("\n").filter((line) => !named.has(line));
  return left.length > 0 ? left.join("\n") : text;
}

function isOnlyEmoji(text) {
  return /\p{Extended_Pictographic}/u.test(text) && ONLY_EMOJI.test(text);
}

function moreButton(bubble, text, words) {
  if (text.length <= LONG_TEXT && text.split("\n").length <= LONG_LINES) return null;
  bubble.classList.add("bubble-folded");
  const button = make("button", { type: "button", class: "link" }, words("chat.show_all"));
  button.addEventListener("click", () => {
    bubble.classList.remove("bubble-folded");
    button.remove();
  });
  return button;
}
