// What a buyer has talked about before: earlier conversations with their ratings, and others that stand by themselves.

import { addressOf, make } from "../elements.js";

export function listPast(place, all, { words, onOpen }) {
  place.replaceChildren(...[listEarlier(all, words), listElsewhere(all[0], words, onOpen)].filter(Boolean));
}

function listEarlier(all, words) {
  const earlier = all.flatMap((each) => each.earlier).sort((one, other) => new Date(other.ended_at) - new Date(one.ended_at));
  if (earlier.length === 0) return null;
  const day = new Intl.DateTimeFormat(document.documentElement.lang, { year: "numeric", month: "numeric", day: "numeric" });
  const rows = earlier.map((each) => {
    const score = each.score === null ? make("span", { class: "muted" }, words("desk.not_rated")) : make("b", { title: words("desk.score", { score: each.score }) }, stars(each.score));
    return make("li", {}, make("span", {}, `${day.format(new Date(each.ended_at))} · ${each.channel}`), score, each.comment ? make("p", { dir: "auto" }, each.comment) : null);
  });
  return make("section", { class: "side-part" }, make("h4", {}, words("desk.earlier", { n: earlier.length })), make("ol", { class: "side-earlier" }, ...rows));
}

function listElsewhere(card, words, onOpen) {
  if (card.elsewhere.length === 0) return null;
  const links = card.elsewhere.map((id) => {
    const link = make("a", { href: addressOf(`console/inbox/${id}`) }, words("desk.conversation_number", { n: id }));
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      onOpen(id);
    });
    return make("li", {}, link);
  });
  return make("section", { class: "side-part" }, make("h4", {}, words("desk.elsewhere")), make("ul", {}, ...links));
}

function stars(score) {
  return "★".repeat(score) + "☆".repeat(5 - score);
}
