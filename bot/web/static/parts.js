// Parts of a page that are loaded when they are first needed. Keys that are pressed meanwhile wait, and act in their order
// once the part is there: nobody has to know what is loaded.

const PATIENCE_MS = 10_000;

const held = []; // keys that were pressed, and what else has to wait for its turn
let commands = 0; // loaded for what a key or a click has asked for
let others = 0; // loaded for what nobody has asked for yet, or goes on meanwhile

/** Ends once somebody has touched the page. */
export const touched = new Promise((resolve) => {
  for (const first of ["pointerdown", "keydown"]) addEventListener(first, resolve, { once: true, capture: true });
});

/** A part that `load()` brings. Gives a function that ends in it, or in null where it cannot be had: a next try loads it again. */
export function part(load, onTrouble) {
  let coming = null;
  let there = null;
  const come = (loaded) => (there = loaded);
  const fail = () => {
    coming = null;
    forget();
    onTrouble();
    return null;
  };
  return async (more) => there ?? hold((coming ??= Promise.race([load(), patience()]).then(come, fail)), more);
}

/** Keep what is pressed until this has ended, for a while at most; `quietly`: only what has to wait for it, and all after that. */
export async function hold(promise, { quietly = false } = {}) {
  const field = document.activeElement;
  const shuts = !quietly && field.readOnly === false; // for input methods, whose keys nobody sees
  if (shuts) field.readOnly = true;
  quietly ? (others += 1) : (commands += 1);
  try {
    return await Promise.race([promise, patience()]);
  } finally {
    quietly ? (others -= 1) : (commands -= 1);
    if (shuts) field.readOnly = false;
    setTimeout(goOn);
  }
}

/** Do this now, or after the keys that wait. */
export function inTurn(act) {
  if (isFree()) act();
  else held.push(act);
}

/** Press the key of this event once more when its turn has come. */
export function pressLater(event) {
  event.preventDefault();
  held.push(keyOf(event));
}

function isFree() {
  return commands + held.length === 0;
}

function goOn() {
  if (commands + others > 0 || held.length === 0) return;
  const next = held.shift();
  typeof next === "function" ? next() : press(next);
  setTimeout(goOn);
}

/** Without the part they would do something else. */
function forget() {
  held.splice(0, held.length, ...held.filter((each) => typeof each === "function"));
}

function press(key) {
  const at = document.activeElement;
  if (!at.dispatchEvent(new KeyboardEvent("keydown", { ...key, bubbles: true, cancelable: true }))) return;
  if (key.key === "Escape") document.querySelector("dialog[open]")?.close();
  else if (key.key === "Enter") at.form ? at.form.requestSubmit(at.form.querySelector("[type=submit]")) : at.click();
  else if (key.key.length === 1 && !key.altKey && isField(at)) type(at, key.key);
}

function type(field, letter) {
  field.setRangeText(letter, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new InputEvent("input", { bubbles: true, data: letter, inputType: "insertText" }));
}

function isField(element) {
  return typeof element.selectionStart === "number";
}

function keyOf({ key, code, altKey, shiftKey }) {
  return { key, code, altKey, shiftKey };
}

function patience() {
  return new Promise((_, fail) => setTimeout(fail, PATIENCE_MS));
}

addEventListener(
  "keydown",
  (event) => {
    if (isFree() || !event.isTrusted || event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey) return;
    event.stopImmediatePropagation();
    pressLater(event);
  },
  { capture: true },
);
