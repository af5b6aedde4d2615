// Copies what stands in the same box: a link that is shown once is to be sent on, not typed.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue; // without TLS there is none: the text can still be selected by one click
  button.hidden = false;
  button.addEventListener("click", async () => {
    const box = button.closest(".form-done");
    await navigator.clipboard.writeText(box.querySelector("[data-copy-text]").textContent);
    button.textContent = button.dataset.copied;
  });
}
