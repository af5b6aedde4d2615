// What one can do with a conversation: each by a button, by a line of the menu and by its key. The same list makes all three.

import { make } from "../elements.js";

/**
 * `key` works alone outside of fields and with Alt everywhere; `when(header, said)` says whether it makes sense now: `said`
 * tells whether the buyer or the bot have said anything. `ask` is the question that comes first (`owed`: one that is asked
 * only when somebody is owed an answer). `told` says what came of that which shows nowhere else. `afterAnswers` is done once
 * the server has what was said before it: else it would overtake an answer that is still on its way.
 */
export const ACTIONS = [
  { verb: "take_over", key: "t", main: true, when: (h) => h.mode !== "human" || h.assignee_id === null },
  { verb: "hand_back", key: "b", main: true, afterAnswers: true, when: (h) => h.mode === "human" || h.mode === "waiting" },
  { verb: "transfer", key: "g", main: true, afterAnswers: true, ask: "transfer", when: (h) => h.mode !== "closed" },
  { verb: "close", key: "Escape", main: true, afterAnswers: true, owed: "close", when: (h) => h.mode !== "closed" },
  { verb: "invite", key: "i", afterAnswers: true, when: (h) => h.invite === "" || h.invite === "due" },
  { verb: "snooze", key: "z", afterAnswers: true, ask: "snooze", when: (h) => h.mode !== "closed" },
  { verb: "propose", key: "e", afterAnswers: true, ask: "propose", told: "desk.proposed", when: (h, said) => said.byBuyer },
  { verb: "correct", key: "w", ask: "correct", told: "desk.corrected", when: (h, said) => said.byBot },
  { verb: "merge", key: "y", ask: "merge", when: () => true },
  { verb: "mark_advert", key: "a", ask: "mark_advert", when: (h) => !h.advert },
  { verb: "block", key: "x", afterAnswers: true, ask: "block", when: (h) => !h.blocked },
  { verb: "unblock", key: "x", when: (h) => h.blocked },
];

export class Bar {
  /** `said()` tells what has been said at all; `onRun(action)` hears what is wanted. */
  constructor(root, { words, said, onRun }) {
    Object.assign(this, { words, said, onRun });
    this.bar = root.querySelector("[data-actions]");
    this.menu = root.querySelector("[data-menu]");
  }

  show(header) {
    this.header = header;
    const now = ACTIONS.filter((action) => action.when(header, this.said()));
    this.bar?.replaceChildren(...now.filter((action) => action.main).map((action) => this.button(action, "button button-lined")));
    this.menu?.replaceChildren(...now.map((action) => this.button(action, "menu-item")));
  }

  /** Nothing is done in a conversation that one has turned away from. */
  forget() {
    this.header = null;
  }

  button(action, look) {
    const words = this.words(`verb.do_${action.verb}`);
    const button = make("button", { type: "button", class: look, "data-verb": action.verb, title: this.words(`verb.hint_${action.verb}`) }, make("span", {}, words), make("kbd", {}, shownKey(action.key)));
    button.addEventListener("click", () => {
      if (this.menu?.matches(":popover-open")) this.menu.hidePopover();
      this.onRun(action);
    });
    return button;
  }

  /** The action of a key, if it makes sense now. */
  ofKey(key) {
    return this.header ? ACTIONS.find((action) => action.key === key && action.when(this.header, this.said())) : undefined;
  }
}

export function actionOf(verb) {
  return ACTIONS.find((action) => action.verb === verb);
}

export function shownKey(key) {
  return key === "Escape" ? "Esc" : key.toUpperCase();
}
