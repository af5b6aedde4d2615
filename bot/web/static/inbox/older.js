// Older pages of a conversation: read in as one scrolls up, without a jump, and let go of at the end.

const ROWS_KEPT = 400;

export async function earlier(talk) {
  const [first] = talk.pages;
  if (talk.reading || !first?.before) return;
  talk.reading = true;
  const { pages } = talk;
  const page = await talk.onEarlier(first.before);
  talk.reading = false;
  if (talk.pages !== pages || !page) return; // another conversation by now, or no answer
  talk.bubbles = new Map([...page.bubbles.map((bubble) => [bubble.id, bubble]), ...talk.bubbles]);
  talk.pages.unshift({ before: page.before, ids: page.bubbles.map((bubble) => bubble.id) });
  const { log } = talk;
  const { scrollHeight, scrollTop } = log;
  log.prepend(...rowsOf(talk, page.bubbles));
  log.scrollTop = scrollTop + log.scrollHeight - scrollHeight;
}

function rowsOf(talk, bubbles) {
  let before = null;
  return bubbles.flatMap((bubble) => {
    const made = talk.rowsOf(bubble, before);
    before = bubble;
    return made;
  });
}

/** Whoever is back at the end needs no thousand rows above. */
export function trim(talk) {
  const { log, pages } = talk;
  while (pages.length > 1 && talk.bubbles.size > ROWS_KEPT) {
    for (const id of pages.shift().ids) talk.take(id);
    while (log.firstElementChild?.dataset.id === undefined && log.children.length > 1) log.firstElementChild.remove();
  }
}
