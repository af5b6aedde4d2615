// Who this browser is to the shop: an unguessable id for each channel, and a fresh id for each message.

const kept = new Map(); // where storage is blocked, the visitor lasts as long as the page

/** 128 random bits as text, also where the page is not on https and `randomUUID` is missing. */
export function freshId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

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
