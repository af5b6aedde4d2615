// The desk: one stream tells of the queue and of the open conversation. What one does there is loaded behind the queue.

import { addressOf, make, readWords } from "../elements.js";
import { hold, inTurn, part } from "../parts.js";
import { Stream } from "../stream.js";
import { Alerts } from "./alerts.js";
import { ShopClock } from "./clock.js";
import { Hands } from "./hands.js";
import { prepareKeys } from "./keys.js";
import { Queue, isOf, nameOf } from "./queue.js";

const WORDLESS_MS = 1_000;
const FIRST_TALK_MS = 3_000;
const VIEW_KEY = "xiaoer.view";
const CONNECTION = { lost: "desk.reconnecting", offline: "desk.offline" };

const words = readWords();
const facts = JSON.parse(document.getElementById("facts").textContent);
const root = document.querySelector("[data-desk]");
const find = (selector) => root.querySelector(selector);
const clock = new ShopClock(words);
const hands = new Hands({ words, proof: facts.proof });
const { me } = facts;
const wide = matchMedia("(min-width: 760px)");

let view = facts.views.includes(kept(VIEW_KEY)) ? kept(VIEW_KEY) : "all";
let open = facts.open; // the number of the conversation that is open
let room = null; // where the open one is shown, once it is loaded
let stream = null;
let finder = null; // what searches, once it is loaded
let extra = []; // further pages of the view

const queue = new Queue(root, { words, clock, me, onOpen: (id) => openTalk(id), onMore: more });
const alerts = new Alerts(find("[data-alerts]"), { words, onOpen: (id) => openTalk(id) });

// Loaded when it is needed: the room once the queue is there, or a conversation is opened

const noNetwork = () => tell(words("desk.no_network"));
const enter = part(async () => {
  const { makeRoom } = await import("./room.js");
  room = makeRoom({ root, find, words, facts, clock, hands, queue, alerts, wide, openTalk, shutTalk, tell });
  room.turnTo(open);
  return room;
}, noNetwork);
const startSearch = part(async () => {
  const { Search } = await import("./search.js");
  finder = new Search(find("[data-search]"), { words, hands, queue, onShut: () => showQueue.last && showQueue(showQueue.last.items, showQueue.last.after) });
  return finder;
}, noNetwork);
const keyList = part(() => import("./key_list.js"), noNetwork);

// What the server tells

function follow() {
  stream?.stop();
  const asked = new URLSearchParams({ view, lang: document.documentElement.lang, ...(open ? { open } : {}) });
  const own = new Stream({
    address: addressOf(`console/inbox/events?${asked}`),
    heard: {
      queue: hearQueue,
      talk: (told) => inRoom("hearTalk", told),
      news: (news) => inRoom("hearNews", news),
      card: (known) => inRoom("hearCard", known),
      gone: () => shutTalk(words("desk.not_there")),
    },
    onState: showConnection,
    onRefused: (response) => response.status === 401 && location.reload(),
  });
  stream = own;
  stream.start();

  async function inRoom(hear, told) {
    if (told.now) clock.hear(told.now);
    const there = await enter({ quietly: true });
    if (stream === own) there?.[hear](told);
    if (hear === "hearTalk") awaitTalk.end?.();
  }
}

/** Keys for the first conversation wait until it is shown: what they are for is loaded with it. */
function awaitTalk() {
  awaitTalk.isOn = true;
  const shown = new Promise((resolve) => {
    awaitTalk.end = resolve;
    setTimeout(resolve, FIRST_TALK_MS);
  });
  hold(shown.then(() => (awaitTalk.isOn = false)), { quietly: true });
}

function hearQueue({ now, items, after, counts, called }) {
  clock.hear(now);
  extra = [];
  showQueue(items, after);
  for (const button of root.querySelectorAll("[data-view]")) {
    const count = counts.by_view[button.dataset.view] ?? 0;
    const figure = button.querySelector("[data-count]");
    figure.hidden = count === 0;
    figure.textContent = count > 999 ? "999+" : String(count);
    button.setAttribute("aria-pressed", String(button.dataset.view === view));
  }
  alerts.hear(counts, items, called);
  enter({ quietly: true });
}

function showConnection(state) {
  const line = find("[data-connection]");
  clearTimeout(showConnection.timer);
  if (state === "open") {
    line.hidden = true;
    room?.retry();
    return;
  }
  showConnection.timer = setTimeout(() => {
    line.textContent = words(CONNECTION[state] ?? "desk.connecting");
    line.hidden = false;
  }, WORDLESS_MS);
}

// The queue and its views

function showQueue(items, after) {
  showQueue.last = { items, after };
  if (finder?.isOn) return;
  const why = words(`desk.empty_${view}`);
  const next = view === "all" ? make("a", { class: "button button-lined", href: addressOf("console/try") }, words("desk.empty_next")) : "";
  queue.show([...items, ...extra.filter((item) => !items.some((each) => each.conversation_id === item.conversation_id))], {
    after,
    empty: [make("div", { class: "empty" }, make("p", { class: "empty-title" }, why), next)],
  });
}

async function more() {
  const { items, after } = showQueue.last;
  const page = await hands.get(`console/inbox/queue?${new URLSearchParams({ view, after })}`);
  if (!page.items) return tell(hands.problemOf(page));
  extra.push(...page.items);
  showQueue(items, page.after);
}

function look(name) {
  finder?.stop();
  alerts.forget();
  view = name;
  keep(VIEW_KEY, view);
  for (const button of root.querySelectorAll("[data-view]")) button.setAttribute("aria-pressed", String(button.dataset.view === view));
  follow();
}

// The open conversation

/** Keys that were pressed before were for the one that is open now. */
function openTalk(id, more) {
  inTurn(() => turnTo(id, more));
}

function turnTo(id, { push = true } = {}) {
  if (id === open && room?.isOpen) return room.focus();
  open = id;
  room?.turnTo(id);
  const known = queue.items.find((each) => isOf(each, id));
  find("[data-name]").textContent = known ? nameOf(known, words) : "";
  find("[data-state]").textContent = "";
  if (push) history.pushState({ open }, "", addressOf(id === null ? "console/inbox" : `console/inbox/${id}`));
  showOpen();
  if (!room && id !== null) awaitTalk();
  follow();
}

function shutTalk(why = "") {
  openTalk(null);
  if (why) tell(why);
}

function showOpen() {
  root.dataset.open = String(open !== null);
  find("[data-open]").hidden = open === null;
  find("[data-none]").hidden = open !== null;
  queue.mark(open);
  if (open !== null) queue.scrollTo(open);
}

function walk(by) {
  const to = queue.beside(by);
  if (to === null) return false;
  openTalk(to);
  queue.scrollTo(to);
  return true;
}

// Telling in place

/** Say it for a moment; with a link to what it is about until that is clicked. */
function tell(said, link = null) {
  const line = make("p", { class: "toast" }, said, link && " ", link);
  const toasts = document.querySelector("[data-toasts]");
  if (!link) [...toasts.children].find((each) => each.textContent === said)?.remove(); // not twice the same
  toasts.append(line);
  if (link) link.addEventListener("click", () => line.remove());
  else setTimeout(() => line.remove(), 6_000);
}

function kept(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function keep(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // it holds as long as the page lasts
  }
}

function turnSide() {
  const shown = root.dataset.side !== "open";
  root.dataset.side = shown ? "open" : "shut";
  find("[data-side-switch]").setAttribute("aria-expanded", String(shown));
}

// Wiring, once

keepAddresses();

for (const button of root.querySelectorAll("[data-view]")) button.addEventListener("click", () => look(button.dataset.view));
find("[data-search]").addEventListener("focusin", () => finder ?? startSearch({ quietly: true }));
find("[data-sound]").addEventListener("click", () => (alerts.isLoud = !alerts.isLoud));
find("[data-back]").addEventListener("click", () => shutTalk());
find("[data-side-switch]").addEventListener("click", turnSide);
addEventListener("popstate", () => {
  const id = /\/inbox\/(\d+)$/.exec(location.pathname)?.[1];
  openTalk(id ? Number(id) : null, { push: false });
});
prepareKeys({
  walk,
  drafts: (number) => Boolean(room?.drafts(number)),
  there: (key) => room?.ofKey(key),
  isComing: () => awaitTalk.isOn === true,
  moves: {
    Enter: () => (document.activeElement === document.body && open !== null && room ? room.focus() : false),
    f: () => find("[data-search] input").focus(),
    m: () => (alerts.isLoud = !alerts.isLoud),
    "]": turnSide,
    ".": () => document.getElementById("more-actions")?.togglePopover(),
    "?": () => void keyList().then((there) => there?.showKeys(words)),
    ...Object.fromEntries(facts.views.map((name, at) => [String(at + 1), () => look(name)])),
  },
});
showOpen();
if (open !== null) {
  awaitTalk();
  enter({ quietly: true });
}
follow();

/** Make all addresses of the page whole: those it was served with are relative to an address that it will change. */
function keepAddresses() {
  for (const [tag, name] of [["a", "href"], ["link", "href"], ["img", "src"], ["form", "action"]]) {
    for (const each of document.querySelectorAll(`${tag}[${name}]`)) each.setAttribute(name, new URL(each.getAttribute(name), location.href).href);
  }
}
