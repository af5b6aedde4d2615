// {{ shop_name | tojson }}: the chat button. Put this into a page of the shop:
//   <script src="…/chat/{{ channel }}/embed.js" defer></script>
// Optional: data-lang="en", data-product="the id of the product on this page", data-theme="light" or "dark" whatever
// the visitor's system says.
(() => {
  "use strict";
  const WORDS = {{ book | tojson }};
  const CHANNEL = {{ channel | tojson }};
  const script = document.currentScript ?? document.querySelector(`script[src*="/chat/${CHANNEL}/embed.js"]`);
  if (!script || document.getElementById("xiaoer-chat")) return;

  const language = script.dataset.lang === "en" ? "en" : "zh";
  const words = WORDS[language];
  const address = new URL(`../${encodeURIComponent(CHANNEL)}`, script.src); // beside this script, also below a path
  address.searchParams.set("lang", language);
  for (const name of ["product", "theme"]) if (script.dataset[name]) address.searchParams.set(name, script.dataset[name]);

  const STYLE = `
    :host { all: initial; }
    button { position: fixed; right: 20px; bottom: 20px; z-index: 2147483000; display: grid; width: 56px; height: 56px;
      place-items: center; padding: 0; border: 0; border-radius: 50%; background: #0f766e; color: #fff; cursor: pointer;
      box-shadow: 0 1px 2px rgb(0 0 0 / 20%), 0 8px 24px rgb(0 0 0 / 20%); }
    button:hover { background: #0b5f59; }
    button:focus-visible { outline: 3px solid #fff; box-shadow: 0 0 0 6px #0f766e; }
    svg { width: 26px; height: 26px; fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round; }
    b { position: absolute; top: -2px; right: -2px; min-width: 20px; padding: 0 5px; border-radius: 10px; background: #12181a;
      color: #fff; font: 600 12px/20px system-ui, sans-serif; text-align: center; }
    iframe { position: fixed; right: 20px; bottom: 88px; z-index: 2147483000; width: 380px; height: min(620px, calc(100vh - 108px));
      border: 0; border-radius: 12px; background: #fff; box-shadow: 0 1px 2px rgb(0 0 0 / 20%), 0 12px 32px rgb(0 0 0 / 22%); }
    [hidden] { display: none; }
    @media (max-width: 480px) {
      iframe { inset: 0; width: 100%; height: 100%; border-radius: 0; }
      button[aria-expanded="true"] { display: none; }
    }`;

  // What the shop's own rules for its elements must not undo. Set on the element, they win over any style sheet.
  const UNTOUCHED = { all: "initial", display: "block", position: "fixed", inset: "auto 0 0 auto", width: "0", height: "0",
    margin: "0", padding: "0", border: "0", overflow: "visible", background: "none", "z-index": "2147483000" };

  const host = document.createElement("xiaoer-chat");
  host.id = "xiaoer-chat";
  for (const [name, value] of Object.entries(UNTOUCHED)) host.style.setProperty(name, value, "important");
  if ("popover" in host) host.popover = "manual"; // drawn above the page: no filter or transform of it moves the button
  const root = host.attachShadow({ mode: "open" });
  dress(root, STYLE);

  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-expanded", "false");
  button.setAttribute("aria-haspopup", "dialog");
  button.append(icon("M5 5h14a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-7l-5 4v-4H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2Z"));
  const badge = document.createElement("b");
  badge.hidden = true;
  badge.setAttribute("aria-hidden", "true");
  button.append(badge);
  root.append(button);
  const narrow = matchMedia("(max-width: 480px)");
  let frame = null;
  let loaded = false;
  let open = false;
  name(0);

  button.addEventListener("click", () => (open ? shut() : show()));
  addEventListener("message", (event) => {
    if (!frame || event.source !== frame.contentWindow || event.origin !== address.origin) return;
    const message = event.data && event.data.xiaoer;
    if (message === "close") shut();
    else if (message && Number.isInteger(message.unread) && !open) {
      if (message.unread > 0) chime();
      name(message.unread);
    }
  });
  const watch = new MutationObserver(stand);
  stand();
  resume();

  // Stands beside the body, which some shops replace from page to page; and comes back when it is taken out.
  function stand() {
    if (host.isConnected || !document.documentElement) return;
    loaded = false;
    document.documentElement.append(host);
    if (host.popover) host.showPopover();
    for (const place of [document, document.documentElement]) watch.observe(place, { childList: true });
  }

  // The visitor goes from page to page: what was open stays open, and what was begun is followed for its badge.
  function resume() {
    const left = remembered();
    if (left === "open" && !narrow.matches) show({ take: false });
    else if (left !== null) prepare();
  }

  function remembered() {
    try {
      return sessionStorage.getItem(`xiaoer.window.${CHANNEL}`);
    } catch {
      return null; // storage is blocked: each page begins closed
    }
  }

  function remember(state) {
    try {
      sessionStorage.setItem(`xiaoer.window.${CHANNEL}`, state);
    } catch {
      // not remembered
    }
  }

  function prepare() {
    if (frame) return;
    frame = document.createElement("iframe");
    frame.title = words["embed.window"];
    frame.hidden = true;
    frame.src = address.href;
    frame.addEventListener("load", () => {
      loaded = true;
      if (open) tell(root.activeElement === frame ? "opened" : "shown");
    });
    root.insertBefore(frame, button);
  }

  function show({ take = true } = {}) {
    prepare();
    frame.hidden = false;
    turn(true);
    if (take) frame.focus();
    tell(take ? "opened" : "shown");
  }

  function shut() {
    frame.hidden = true;
    turn(false);
    tell("closed");
    button.focus();
  }

  function turn(now) {
    open = now;
    remember(now ? "open" : "begun");
    button.setAttribute("aria-expanded", String(now));
    name(0);
  }

  function name(unread) {
    const key = open ? "embed.close" : unread > 0 ? "embed.unread" : "embed.open";
    const label = words[key].replace("{count}", unread);
    button.setAttribute("aria-label", label);
    button.title = label;
    badge.textContent = unread > 9 ? "9+" : String(unread);
    badge.hidden = unread === 0 || open;
  }

  // A soft note for a reply that nobody sees: browsers let it sound once the visitor has clicked somewhere.
  function chime() {
    if (!("AudioContext" in window) || !(navigator.userActivation && navigator.userActivation.hasBeenActive)) return;
    const audio = new AudioContext();
    const note = new OscillatorNode(audio, { frequency: 880 });
    const loud = new GainNode(audio, { gain: 0.1 });
    loud.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.4);
    note.connect(loud).connect(audio.destination);
    note.start();
    note.stop(audio.currentTime + 0.4);
    note.addEventListener("ended", () => audio.close());
  }

  function tell(message) {
    if (loaded) frame.contentWindow.postMessage({ xiaoer: message }, address.origin);
  }

  function icon(path) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    line.setAttribute("d", path);
    svg.append(line);
    return svg;
  }

  function dress(shadow, style) {
    if ("adoptedStyleSheets" in shadow && "replaceSync" in CSSStyleSheet.prototype) {
      const sheet = new CSSStyleSheet(); // works under the shop's own Content-Security-Policy, unlike a style element
      sheet.replaceSync(style);
      shadow.adoptedStyleSheets = [sheet];
    } else {
      const element = document.createElement("style");
      element.textContent = style;
      shadow.append(element);
    }
  }
})();
