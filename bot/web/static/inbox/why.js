// The why of a bubble, in a dialog.

import { Why } from "../try/why.js";

let shown = null;

export async function showWhy(bubble, { words, hands, facts }) {
  const dialog = document.getElementById("why-dialog");
  shown ??= new Why(document.querySelector("[data-why-panel]"), { words, products: new Map(Object.entries(facts.products)) });
  shown.forget();
  dialog.showModal();
  const decision = await hands.get(`console/inbox/${bubble.conversation_id}/why/${bubble.decision_id}`);
  if (decision.why) shown.add(decision, null);
  else dialog.querySelector("[data-why-empty] p").textContent = hands.problemOf(decision);
}
