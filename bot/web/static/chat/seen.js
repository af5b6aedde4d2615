// Which replies the buyer has not seen yet: counted from the last one that came while the window was open, also after
// the next page of the shop has loaded the window anew.

export class Seen {
  /** `onUnread` hears the number of unseen replies whenever it changes while the window is closed. */
  constructor(channel, { open, onUnread }) {
    this.key = `xiaoer.seen.${channel}`;
    this.open = open;
    this.onUnread = onUnread;
    this.last = null;
    this.unread = 0;
    this.upTo = this.remembered();
  }

  add({ at }) {
    this.last = at;
    if (this.open) this.remember();
    else if (this.upTo !== null && at > this.upTo) this.tell(this.unread + 1);
  }

  /** The transcript is here. On a first visit all of it counts as seen. */
  caughtUp() {
    if (this.open || this.upTo === null) this.remember();
  }

  look() {
    this.open = true;
    this.remember();
  }

  lookAway() {
    this.open = false;
  }

  tell(unread) {
    this.unread = unread;
    this.onUnread(unread);
  }

  remember() {
    this.unread = 0;
    this.upTo = this.last ?? this.upTo ?? "";
    try {
      localStorage.setItem(this.key, this.upTo);
    } catch {
      // storage is blocked: it is known as long as the page lasts
    }
  }

  remembered() {
    try {
      return localStorage.getItem(this.key);
    } catch {
      return null;
    }
  }
}
