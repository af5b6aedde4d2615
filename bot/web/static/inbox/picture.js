// A picture in a conversation.

import { addressOf, make } from "../elements.js";

const PATIENCE_MS = 40_000; // the platform is asked, and the picture drawn anew

/** A picture that is kept here is shown; a buyer's that lies elsewhere is fetched once somebody asks for it. */
export function fillFrame(frame, bubble, { words, hears, said }) {
  const ask = (key) => {
    const button = make("button", { type: "button", class: "button button-lined" }, words(key));
    button.addEventListener("click", load);
    return button;
  };
  const fail = (problem) => {
    const address = bubble.text ? said() : [];
    frame.replaceChildren(make("span", { class: "bubble-picture-said" }, problem), ask("desk.load_again"), ...address);
    frame.querySelector("button").focus();
  };
  const show = () => {
    const address = addressOf(`console/inbox/${bubble.conversation_id}/pictures/${encodeURIComponent(bubble.picture)}`);
    const picture = make("img", { src: address, alt: words("desk.picture_of", { name: bubble.name || words("desk.buyer") }) });
    picture.addEventListener("error", () => frame.replaceChildren(make("span", { class: "bubble-picture-said" }, words("desk.picture_broken")), ask("desk.load_again")));
    picture.addEventListener("load", () => hears.grew());
    frame.replaceChildren(make("a", { href: address, target: "_blank", rel: "noopener noreferrer", title: words("desk.picture_open") }, picture));
  };
  async function load() {
    if (bubble.picture) return show();
    frame.replaceChildren(make("span", { class: "bubble-picture-said", role: "status" }, words("desk.loading_picture")));
    const { picture = "", problem } = await fetchPicture(bubble, words, hears.hands);
    bubble.picture = picture;
    picture ? show() : fail(problem);
  }
  if (bubble.picture) show();
  else frame.append(ask("desk.load_picture"));
}

/** Ends in { picture } or { problem }. */
async function fetchPicture(bubble, words, hands) {
  const told = await hands.get(`console/inbox/${bubble.conversation_id}/bubbles/${bubble.id}/picture`, PATIENCE_MS);
  if (told.outcome === "done") return told;
  return { problem: told.outcome === "not" ? words(`picture.${told.why}`, { said: told.said }) : hands.problemOf(told) };
}
