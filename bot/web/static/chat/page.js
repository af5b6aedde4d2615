// The window on its own page, usually framed by the shop's site through embed.js.

import { readWords } from "../elements.js";
import { ChatWindow } from "./window.js";
import { visitorOf } from "./visitor.js";

const root = document.querySelector("[data-chat]");
const { channel, page, product } = root.dataset;
const framed = window.parent !== window;
let unread = 0;

const tell = (message) => framed && window.parent.postMessage({ xiaoer: message }, "*"); // holds nothing private

const surroundings = () => ({ ...(page ? { page } : {}), ...(product ? { product_id: product } : {}) });

const chat = new ChatWindow(root, {
  channel,
  visitor: visitorOf(channel),
  words: readWords(),
  surroundings,
  onReply: (item, milliseconds) => {
    if (milliseconds === null && !chat?.caughtUp) return; // what was said on an earlier visit is no news
    unread += 1;
    tell({ unread });
  },
});

if (framed) {
  const close = root.querySelector("[data-close]");
  close.hidden = false;
  close.addEventListener("click", () => tell("close"));
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing) tell("close");
  });
  addEventListener("message", (event) => {
    if (event.source !== window.parent) return;
    if (event.data?.xiaoer === "opened" || event.data?.xiaoer === "closed") unread = 0;
    if (event.data?.xiaoer === "opened") chat.focus();
  });
} else chat.focus();
