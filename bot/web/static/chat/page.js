// The window on its own page, usually framed by the shop's site through embed.js.

import { readWords } from "../elements.js";
import { Contact } from "./contact.js";
import { ChatWindow } from "./window.js";
import { offerProduct } from "./product.js";
import { Seen } from "./seen.js";
import { visitorOf } from "./visitor.js";

const root = document.querySelector("[data-chat]");
const { channel, page, product } = root.dataset;
const framed = window.parent !== window;

const tell = (message) => framed && window.parent.postMessage({ xiaoer: message }, "*"); // holds nothing private

const surroundings = () => ({ ...(page ? { page } : {}), ...(product ? { product_id: product } : {}) });

const seen = new Seen(channel, { open: !framed, onUnread: (unread) => tell({ unread }) });

const words = readWords();

const chat = new ChatWindow(root, {
  channel,
  visitor: visitorOf(channel),
  words,
  contact: new Contact(root, { channel, words, onDone: () => chat.focus() }),
  surroundings,
  onReply: (item) => seen.add(item),
  onCaughtUp: () => seen.caughtUp(),
  isLookedAt: () => seen.open,
});

offerProduct(root, {
  channel,
  product,
  onShow: (title) => {
    chat.showProduct(product, title);
    chat.focus();
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
    const told = event.source === window.parent ? event.data?.xiaoer : null;
    if (told === "opened" || told === "shown") {
      seen.look();
      chat.signs.look();
    }
    if (told === "closed") seen.lookAway();
    if (told === "opened") chat.focus();
  });
} else chat.focus();
