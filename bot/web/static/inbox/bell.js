// Rings: two soft notes, made here, and a notification.

import { addressOf } from "../elements.js";

let audio = null;

/** Browsers make no sound before somebody has touched the page. */
export function wake() {
  audio ??= "AudioContext" in window ? new AudioContext() : null;
  audio?.resume().catch(() => {});
}

export function sound() {
  if (audio?.state !== "running") return;
  for (const [at, pitch] of [[0, 660], [0.12, 880]]) {
    const note = new OscillatorNode(audio, { frequency: pitch });
    const loud = new GainNode(audio, { gain: 0 });
    const from = audio.currentTime + at;
    loud.gain.setValueAtTime(0.12, from);
    loud.gain.exponentialRampToValueAtTime(0.001, from + 0.25);
    note.connect(loud).connect(audio.destination);
    note.start(from);
    note.stop(from + 0.3);
  }
}

/** By the worker where there is one: phones know no other way. */
export async function show(title, words, conversation, onOpen) {
  const address = addressOf(`console/inbox/${conversation}`);
  const told = { body: words.slice(0, 120), tag: address, data: { address } };
  const worker = await navigator.serviceWorker?.getRegistration();
  if (worker?.active) return worker.showNotification(title, told);
  const note = new Notification(title, told);
  note.addEventListener("click", () => {
    window.focus();
    onOpen(conversation);
    note.close();
  });
}
