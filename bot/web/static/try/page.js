// The try-out page: the buyer's window on the left, the why on the right, and the shop's person below.

import { readWords } from "../elements.js";
import { ChatWindow } from "../chat/window.js";
import { newVisitorOf, visitorOf } from "../chat/visitor.js";
import { Circumstances } from "./circumstances.js";
import { prepareKeys } from "./keys.js";
import { Staff } from "./staff.js";
import { Why } from "./why.js";

const find = (selector) => document.querySelector(selector);
const words = readWords();
const { channel } = find("[data-chat]").dataset;
const products = new Map(Array.from(find("[name=product]").options, (option) => [option.value, option.text]));

const circumstances = new Circumstances(find("[data-circumstances]"));
const why = new Why(find("[data-why-panel]"), { words, products });
const tabs = Array.from(document.querySelectorAll("[role=tab]"));

let turn = null; // the buyer's latest message and how long its reply took

const chat = new ChatWindow(find("[data-chat]"), {
  channel,
  visitor: visitorOf(channel),
  words,
  surroundings: () => circumstances.read(),
  onAsk: () => (turn = { milliseconds: null }),
  onWhy: (decision) => {
    why.add(decision, turn);
    markNews();
  },
  onReply: (item, milliseconds) => {
    if (turn === null || milliseconds === null) return;
    turn.milliseconds ??= Math.max(1, Math.round(milliseconds));
    why.show();
  },
});

const staff = new Staff(find("[data-staff]"), { words, visitor: () => chat.visitor });

function restart() {
  turn = null;
  why.forget();
  chat.begin(newVisitorOf(channel));
  openTab("chat");
  chat.focus();
}

// Narrow screens show one of the two sides at a time

function openTab(name) {
  for (const tab of tabs) {
    const chosen = tab.dataset.tab === name;
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
    if (chosen) tab.classList.remove("tab-news");
  }
  find("[data-sides]").dataset.open = name;
}

function markNews() {
  const tab = tabs.find((each) => each.dataset.tab === "why");
  if (tab.getAttribute("aria-selected") === "false") tab.classList.add("tab-news");
}

tabs.forEach((tab, at) => {
  tab.addEventListener("click", () => openTab(tab.dataset.tab));
  tab.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const other = tabs[(at + 1) % tabs.length];
    openTab(other.dataset.tab);
    other.focus();
  });
});

const wide = matchMedia("(min-width: 900px)");
const unfold = () => (find("[data-circumstances]").open = wide.matches);
wide.addEventListener("change", unfold);
unfold();

find("[data-restart]").addEventListener("click", restart);

const showKeys = prepareKeys(find("[data-keys]"), {
  "/": () => chat.focus(),
  n: restart,
  s: () => staff.open(),
  e: () => staff.end(),
  "[": () => why.step(-1),
  "]": () => why.step(1),
});
find("[data-keys-open]").addEventListener("click", showKeys);

if (wide.matches) chat.focus();
