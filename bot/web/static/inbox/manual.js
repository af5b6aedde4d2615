// What the manual lacks, for its editor: an answer to a question, or the entry that the bot should have used.

import { make } from "../elements.js";
import { Chooser } from "./chooser.js";

/** `asks` are the questions of the desk. Gives what goes along, or null. */
export async function proposal(asks) {
  const { words } = asks;
  const { question, answer, unsent, send } = lacking(asks);
  const chooser = new Chooser({ name: "entry", label: words("desk.entry"), hint: words("desk.entry_search"), none: words("desk.entry_none"), find: (typed) => entries(asks, typed, question), first: [{ value: "", words: words("desk.entry_new") }] });
  const too = make("label", { class: "tick" }, make("input", { type: "checkbox", name: "too", checked: true }), make("span", {}, words("desk.propose_too")));
  const given = await asks.question("propose", [area(words("desk.propose_question"), "question", question), area(words("desk.propose_answer"), "answer", answer), ...(unsent ? [too] : []), chooser.element]);
  if (!given) return null;
  if (given.get("too")) send(given.get("answer"));
  return { question: given.get("question"), answer: given.get("answer"), ...(given.get("entry") ? { entry: given.get("entry") } : {}) };
}

/** `bubble` is what the bot said, else it is about the last of those. */
export async function correction(asks, bubble) {
  const { words, talk } = asks;
  const decided = bubble ?? talk.lastOf((each) => each.who === "bot" && each.decision_id !== null);
  const question = wordsBefore(talk, bubble, "buyer");
  const chooser = new Chooser({ name: "entry", label: words("desk.entry"), hint: words("desk.entry_search"), none: words("desk.entry_none"), find: async (typed) => without(await entries(asks, typed, question), decided.entry) });
  const took = decided.entry_title ? [make("p", { class: "muted", dir: "auto" }, words("desk.correct_took", { title: decided.entry_title }))] : [];
  const given = await asks.question("correct", [make("p", { dir: "auto" }, words("desk.correct_said", { question })), ...took, chooser.element], { yes: "desk.correct_yes" });
  return given?.get("entry") ? { decision: decided.decision_id, entry: given.get("entry") } : null;
}

/** The question, with the answer that is being written, or else the one that a person gave. */
function lacking({ talk, composer }) {
  const unsent = composer.note ? "" : composer.field.value.trim();
  const said = unsent ? "" : wordsBefore(talk, null, "person");
  return {
    question: wordsBefore(talk, null, "buyer"),
    answer: unsent || said,
    unsent: said === "",
    send(text) {
      composer.fill(text);
      composer.submit();
    },
  };
}

async function entries({ hands, here }, typed, question) {
  const answer = await hands.get(`console/inbox/${here.target}/entries?${new URLSearchParams({ q: typed, like: question.slice(0, 200) })}`);
  return answer.entries?.map(({ id, title, asked }) => ({ value: id, words: title, more: asked })) ?? { problem: hands.problemOf(answer) };
}

/** What was last said by `who` in a row, before a bubble or at the end. */
function wordsBefore(talk, bubble, who) {
  const spoken = [...talk.bubbles.values()].filter((each) => ["buyer", "bot", "person"].includes(each.who));
  const before = bubble ? spoken.slice(0, spoken.findIndex((each) => each.id === bubble.id)) : spoken;
  const last = before.findLastIndex((each) => each.who === who);
  const first = before.slice(0, last + 1).findLastIndex((each) => each.who !== who) + 1;
  return before.slice(first, last + 1).map((each) => each.text).filter(Boolean).join("\n");
}

function without(found, entry) {
  return found.problem ? found : found.filter((each) => each.value !== entry);
}

function area(label, name, text) {
  const id = `for-the-manual-${name}`;
  return make("div", { class: "field" }, make("label", { for: id }, label), make("textarea", { id, name, rows: "2", dir: "auto", required: true, maxlength: "2000" }, text));
}
