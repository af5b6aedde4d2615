// The window on its own page, usually framed by the shop's site through embed.js.

import { readWords } from "../elements.js";
import { ChatWindow } from "./window.js";
import { Seen } from "./seen.js";
import { visitorOf } from "./visitor.js";

const root = document.querySelector("[data-chat]");
const { channel, page, product } = root.dataset;
const framed = window.parent !== window;

const tell = (message) => framed && window.parent.postMessage({ xiaoer: message }, "*"); // holds nothing private

const surroundings = () => ({ ...(page ? { page } : {}), ...(product ? { product_id: product } : {}) });

const seen = new Seen(channel, { open: !framed, onUnread: (unread) => tell({ unread }) });

const chat = new ChatWindow(root, {
  channel,
  visitor: visitorOf(channel),
  words: readWords(),
  surroundings,
  onReply: (item) => seen.add(item),
  onCaughtUp: () => seen.caughtUp(),
});

if (framed) {
  const close = root.querySelector("[data-close]");
  close.hidden = false;
  close.addEventListener("click", () => tell("close"));
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing) tell("close");
  });
  addEventListener("message", (event) => {
    const told = event.source === window.parent ? event.data?.xiaoer : null;
    if (told === "opened" || told === "shown") seen.look();
    if (told === "closed") seen.lookAway();
    if (told === "opened") chat.focus();
  });
} else chat.focus();
