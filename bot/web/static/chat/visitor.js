// Who this browser is to the shop: an unguessable id for each channel.

import { freshId } from "../ids.js";

const kept = new Map(); // where storage is blocked, the visitor lasts as long as the page

/** The visitor of this channel; the same one on the next visit. */
export function visitorOf(channel) {
  const key = `xiaoer.visitor.${channel}`;
  try {
    const known = localStorage.getItem(key);
    if (known) return known;
    const fresh = freshId();
    localStorage.setItem(key, fresh);
    return fresh;
  } catch {
    if (!kept.has(key)) kept.set(key, freshId());
    return kept.get(key);
  }
}

/** Be somebody new from now on. */
export function newVisitorOf(channel) {
  const key = `xiaoer.visitor.${channel}`;
  kept.delete(key);
  try {
    localStorage.removeItem(key);
  } catch {
    // storage is blocked: nothing was kept there
  }
  return visitorOf(channel);
}
