// Sends a list of phrases to the shop as the file it is, and says what came of it.

import { addressOf, readWords } from "../elements.js";
import { onFiles } from "../files.js";

const words = readWords();
const said = document.querySelector("[data-said]");
const field = document.querySelector("[data-import]");

if (field) onFiles(field, takeIn); // not where one may only look

async function takeIn([file]) {
  said.textContent = words("phrases.importing");
  said.textContent = await send(file);
}

async function send(file) {
  const asked = new URLSearchParams({ of: field.dataset.import, name: file.name });
  const headers = { "Xiaoer-Proof": field.dataset.proof, "Content-Type": "application/octet-stream" };
  try {
    const response = await fetch(addressOf(`console/phrases/import?${asked}`), { method: "POST", body: file, headers });
    if (response.status === 413) return words("phrases.too_large");
    if (!response.ok) return words("phrases.import_failed");
    return told(await response.json());
  } catch {
    return words("phrases.import_failed");
  }
}

function told({ problems, added, known, too_long: tooLong }) {
  if (problems) return problems.join("\n");
  if (added > 0) setTimeout(() => location.reload(), 1_500);
  const lost = tooLong.length > 0 ? `\n${words("phrases.left_out", { titles: tooLong.join("、") })}` : "";
  return words("phrases.imported", { added, known }) + lost;
}
