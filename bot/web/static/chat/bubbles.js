// Draws what was said. Everything is text: markup, links and scripts in it stay letters on the screen.

import { make } from "../elements.js";
import { isOnlyEmoji, moreButton } from "../said.js";

const YES = "是的";

/** A row of the log: the bubble, who said it (for those who listen), and its state. */
export function makeRow(item, words, loadPicture = null) {
  if (item.author === "system") {
    return make("div", { class: "line", "data-author": "system", dir: "auto" }, item.text);
  }
  const bubble = make("div", { class: "bubble", dir: "auto" }, inside(item, words, loadPicture));
  if (isOnlyEmoji(item.text)) bubble.classList.add("bubble-emoji");
  const label = item.name || words(`chat.label_${item.author}`);
  const name = make("span", { class: item.author === "buyer" ? "visually-hidden" : "who", dir: "auto" }, label);
  return make("div", { class: "row", "data-author": item.author }, name, bubble, moreButton(bubble, item.text, words));
}

function inside(item, words, loadPicture) {
  if (item.picture) return makePicture(item, words, loadPicture);
  const kind = { productcard: "product", ordercard: "order" }[item.kind] ?? item.card?.split(":")[0];
  if (!kind) return withoutChoices(item);
  return make("span", { class: "bubble-card" }, make("small", {}, words(`chat.card_${kind}`)), make("b", { dir: "auto" }, item.text));
}

/** Five stars below the invite: a click says the mark, as the buyer could by typing it. */
export function makeStars(words, onRate) {
  const stars = [1, 2, 3, 4, 5].map((mark) => {
    const button = make("button", { type: "button", class: "star choice", "aria-label": words("chat.rate", { mark }), title: words(`chat.mark_${mark}`) }, "★");
    button.addEventListener("click", () => onRate(String(mark)));
    return button;
  });
  return make("div", { class: "stars", role: "group", "aria-label": words("chat.rate_this") }, ...stars);
}

/** Show the mark that was given. */
export function fillStars(stars, mark, words) {
  [...stars.children].forEach((star, at) => star.classList.toggle("star-on", at < mark));
  stars.dataset.mark = mark;
  stars.setAttribute("aria-label", words("chat.rated", { mark }));
}

// A picture is fetched as its buyer, whose name stands in no address; until it is there its place is kept.
function makePicture({ picture }, words, loadPicture) {
  const image = make("img", { class: "bubble-picture", alt: words("chat.picture") });
  loadPicture?.(picture).then(
    (address) => image.setAttribute("src", address),
    () => image.replaceWith(words("chat.picture_lost")),
  );
  return image;
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

// The text names a numbered choice line by line; here these lines are the buttons below it.
function withoutChoices({ text, choices = [] }) {
  const named = new Set(choices.map((title, at) => `${at + 1}. ${title}`));
  const left = text.split("\n").filter((line) => !named.has(line));
  return left.length > 0 ? left.join("\n") : text;
}
