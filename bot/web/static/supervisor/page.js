// Counts the waits by the shop's clock, and shows the floor anew every few seconds while nobody is about to click.

import { readWords } from "../elements.js";
import { ShopClock } from "../inbox/clock.js";

const ANEW_MS = 10_000;

const root = document.querySelector("[data-floor]");
const clock = new ShopClock(readWords());
clock.hear(root.dataset.now);
clock.tick(root);

setInterval(() => {
  if (document.visibilityState !== "visible" || root.contains(document.activeElement)) return;
  location.replace(location.pathname);
}, ANEW_MS);
