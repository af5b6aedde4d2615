// The field one writes in: Enter sends, Shift+Enter starts a line, an input method's Enter does neither; it grows with the text.

import { fitHeight } from "../elements.js";

export const LONGEST_TEXT = 20_000;

export function prepareCompose(form, words, onSay) {
  const field = form.querySelector("textarea");
  const button = form.querySelector("button[type=submit]");
  const note = form.querySelector("[data-note]");

  const fit = () => {
    fitHeight(field);
    const count = Array.from(field.value).length;
    note.textContent = count > LONGEST_TEXT ? words("chat.too_long", { limit: LONGEST_TEXT, count }) : "";
    button.disabled = count > LONGEST_TEXT || field.value.trim() === "";
  };

  field.addEventListener("input", fit);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    fit();
    if (button.disabled) return;
    const text = field.value.trim();
    field.value = "";
    fit();
    onSay(text);
  });
  fit();
}
