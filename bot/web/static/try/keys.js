// One key for each thing on the page; silent while somebody writes. `?` shows them all.

export function prepareKeys(dialog, deeds) {
  const show = () => dialog.showModal();
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || dialog.open) return;
    if (event.key === "Escape" && isWriting(event.target)) event.target.blur();
    if (isWriting(event.target)) return;
    const deed = event.key === "?" ? show : deeds[event.key];
    if (!deed) return;
    event.preventDefault();
    deed();
  });
  dialog.querySelector("[data-done]").addEventListener("click", () => dialog.close());
  return show;
}

function isWriting(element) {
  return element.matches?.("input, textarea, select");
}
