// Which other conversation is with the same buyer.

import { make } from "../elements.js";
import { Chooser } from "./chooser.js";
import { nameOf } from "./queue.js";

/** `asks` are the questions of the desk. Gives what goes along, or null. */
export async function sameBuyer(asks) {
  const { words } = asks;
  const chooser = new Chooser({ name: "with", label: words("desk.same_buyer_who"), hint: words("desk.search_hint"), none: words("desk.same_buyer_none"), find: (typed) => buyers(asks, typed) });
  const given = await asks.question("merge", [chooser.element, make("p", { class: "muted" }, words("desk.same_buyer_means"))]);
  return given?.get("with") ? { with: Number(given.get("with")) } : null;
}

/** Other buyers, found as one types: those in the queue at once, all others in what was said. */
async function buyers({ words, hands, here, queue }, typed) {
  const near = queue.items.filter((each) => !here.headers.has(each.conversation_id) && nameOf(each, words).includes(typed));
  const rows = near.map((each) => ({ value: each.conversation_id, words: nameOf(each, words), more: each.channel ?? "" }));
  if (typed === "") return rows;
  const answer = await hands.get(`console/inbox/search?${new URLSearchParams({ q: typed })}`);
  if (!answer.buyers) return { problem: hands.problemOf(answer) };
  const others = [...answer.buyers, ...answer.messages].filter((hit) => !here.headers.has(hit.conversation_id));
  const hits = [...rows, ...others.map((hit) => ({
    value: hit.conversation_id,
    words: hit.buyer_name || hit.text || words("desk.conversation_number", { n: hit.conversation_id }),
    more: hit.channel,
  }))];
  return hits.filter((hit, at) => hits.findIndex((each) => each.value === hit.value) === at);
}
