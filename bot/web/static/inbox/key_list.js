// The list of keys that `?` shows: those of a conversation are the ones that work.

import { make } from "../elements.js";
import { ACTIONS, shownKey } from "./bar.js";

export function showKeys(words) {
  const dialog = document.getElementById("keys-dialog");
  const moves = [["↑ ↓", "walk"], ["Enter", "write"], ["/", "phrases"], ["Alt 1–3", "drafts"], ["n", "note"], ["p", "picture"], ["c", "cards"], ["v", "channel"], ["f", "search"], ["1–8", "views"], ["]", "side"], ["m", "sound"], ["?", "keys"]];
  const doings = ACTIONS.filter((action) => action.verb !== "unblock").map((action) => [shownKey(action.key), words(`verb.do_${action.verb}`)]);
  const rows = [...moves.map(([key, name]) => [key, words(`desk.key_${name}`)]), ...doings];
  const lines = rows.map(([key, name]) => make("div", {}, make("dt", {}, make("kbd", {}, key)), make("dd", {}, name)));
  dialog.querySelector("[data-keys-list]").replaceChildren(...lines);
  dialog.showModal();
}
