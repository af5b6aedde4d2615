// Starts the worker that makes the console an app. Without it everything works, but nothing is said when offline.

import { addressOf } from "../elements.js";

const address = addressOf("console/worker.js");
const ours = window.trustedTypes?.createPolicy("xiaoer-worker", { createScriptURL: (asked) => (asked === address ? asked : "") });

navigator.serviceWorker?.register(ours ? ours.createScriptURL(address) : address, { updateViaCache: "none" }).catch(() => {
  // a browser that may keep nothing has no workers
});
