// Keys: alone outside of fields, and with Alt everywhere.

import { pressLater } from "../parts.js";

const FIELDS = "input, textarea, select, [contenteditable]";

/**
 * `moves` maps a key to what it does anywhere at the desk; `there(key)` is what it does in the open conversation, `drafts` takes
 * one of those beside it, `walk` goes on by a step. `isComing()` says that a conversation is not quite there.
 */
export function prepareKeys({ moves, there, drafts, walk, isComing }) {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || document.querySelector("dialog[open]")) return;
    const inField = event.target.matches?.(FIELDS);
    if (inField && !event.altKey) return;
    const key = event.altKey ? pressed(event) : event.key;
    if (document.querySelector(":popover-open") && key === "Escape") return;
    if (hear(key, event.altKey)) event.preventDefault();
    else if (isComing() && !(key in moves) && (key.length === 1 || key === "Escape")) pressLater(event);
  });

  function hear(key, alt) {
    const step = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1 }[key];
    if (step !== undefined && (alt || !document.activeElement?.closest("[data-log], [data-side-panel], [role=listbox]"))) return walk(step);
    if (alt && /^[1-3]$/.test(key)) return drafts(Number(key));
    const move = there(key) ?? moves[key];
    return move !== undefined && move() !== false;
  }
}

/** Which key it is whatever Alt makes of it. */
function pressed(event) {
  const letter = /^(?:Key|Digit)(.)$/.exec(event.code)?.[1];
  return letter ? letter.toLowerCase() : event.key;
}
