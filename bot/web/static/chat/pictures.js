// Pictures both ways. They are handed in and fetched under the visitor's name in a header: an address would tell it.

import { addressOf } from "../elements.js";

const LARGEST_BYTES = 10 * 1024 * 1024;
const REFUSALS = { 413: "chat.picture_large", 422: "chat.picture_none", 429: "chat.picture_many" };

export class Pictures {
  constructor(channel, visitor) {
    this.channel = channel;
    this.visitor = visitor;
    this.loaded = new Map();
  }

  /** An address of this picture for an `img`. Fails where it cannot be had. */
  load(name) {
    if (!this.loaded.has(name)) this.loaded.set(name, this.fetch(name));
    return this.loaded.get(name);
  }

  async fetch(name) {
    const response = await fetch(pathOf(this.channel, `/${encodeURIComponent(name)}`), { headers: { "Xiaoer-Visitor": this.visitor } });
    if (!response.ok) throw new Error(String(response.status));
    return URL.createObjectURL(await response.blob());
  }
}

/** Hand a picture in; ends in { ok: true, picture } or { ok: false, problem }. */
export async function handIn(channel, visitor, file, words) {
  if (!file.type.startsWith("image/")) return { ok: false, problem: words("chat.picture_none") };
  if (file.size > LARGEST_BYTES) return { ok: false, problem: words("chat.picture_large") };
  try {
    const response = await fetch(pathOf(channel), { method: "POST", headers: { "Content-Type": file.type, "Xiaoer-Visitor": visitor }, body: file });
    if (response.status === 201) return { ok: true, picture: (await response.json()).picture };
    return { ok: false, problem: words(REFUSALS[response.status] ?? "chat.picture_later") };
  } catch {
    return { ok: false, problem: words("chat.picture_offline") };
  }
}

function pathOf(channel, rest = "") {
  return addressOf(`chat/${encodeURIComponent(channel)}/pictures${rest}`);
}
