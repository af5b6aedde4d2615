// What was typed and not sent yet, kept in this browser for each conversation and shared by its tabs: an answer and, apart
// from it, a note for colleagues, so that neither turns into the other. A draft has an id from its first letter on; it
// becomes the key of the send, so that two tabs send one draft once.

import { freshId } from "../ids.js";

const memory = new Map(); // what storage did not take, blocked or full as it is: kept as long as the page lasts

export function keptDraft(conversation, isNote = false) {
  const name = nameOf(conversation, isNote);
  if (memory.has(name)) return memory.get(name);
  try {
    return JSON.parse(localStorage.getItem(name) ?? "null");
  } catch {
    return null; // storage is blocked
  }
}

/** Keep what stands in the field now; an empty field keeps nothing. `more` is what the text came from. */
export function keepDraft(conversation, text, isNote = false, more = {}) {
  const name = nameOf(conversation, isNote);
  if (text === "") return dropDraft(conversation, isNote);
  const draft = { id: freshId(), ...keptDraft(conversation, isNote), ...more, text };
  const kept = JSON.stringify(draft);
  try {
    if (localStorage.getItem(name) !== kept) localStorage.setItem(name, kept); // or what another tab sends now would come back
    memory.delete(name);
  } catch {
    memory.set(name, draft);
  }
  return draft;
}

export function dropDraft(conversation, isNote = false) {
  const name = nameOf(conversation, isNote);
  memory.delete(name);
  try {
    localStorage.removeItem(name);
  } catch {
    // nothing was kept there
  }
  return null;
}

/** Is there more of this conversation here than the text of an answer: a note, pictures? */
export function isBegunOtherwise(conversation) {
  return (!keptDraft(conversation) && keptDraft(conversation, true) !== null) || inSession(`xiaoer.pictures.${conversation}`).length > 2;
}

/** Is there an answer that the server does not have yet? */
export function isUnsent() {
  try {
    return Object.keys(sessionStorage).some((name) => name.startsWith("xiaoer.unsent.desk.") && inSession(name).length > 2);
  } catch {
    return false; // storage is blocked: nothing was kept
  }
}

function inSession(name) {
  try {
    return sessionStorage.getItem(name) ?? "";
  } catch {
    return "";
  }
}

/** Hear when another tab changes the drafts of a conversation. */
export function onDraft(hear) {
  addEventListener("storage", (event) => {
    const found = /^xiaoer\.(?:draft|note)\.(\d+)$/.exec(event.key ?? "");
    if (found) hear(Number(found[1]));
  });
}

function nameOf(conversation, isNote) {
  return `xiaoer.${isNote ? "note" : "draft"}.${conversation}`;
}
