// What both sides of a conversation are drawn with.

import { make } from "./elements.js";

const LONG_TEXT = 600;
const LONG_LINES = 16;
const PAUSE_MS = 5 * 60_000;
const ONLY_EMOJI = /^(?:\p{Extended_Pictographic}|\p{Emoji_Component}|\u200d|\ufe0f|\s){1,24}$/u;

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

export function isOnlyEmoji(text) {
  return /\p{Extended_Pictographic}/u.test(text) && ONLY_EMOJI.test(text);
}

export function moreButton(bubble, text, words) {
  if (text.length <= LONG_TEXT && text.split("\n").length <= LONG_LINES) return null;
  bubble.classList.add("bubble-folded");
  const button = make("button", { type: "button", class: "link" }, words("chat.show_all"));
  button.addEventListener("click", () => {
    bubble.classList.remove("bubble-folded");
    button.remove();
  });
  return button;
}
