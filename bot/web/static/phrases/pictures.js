// Sends the pictures of a phrase to the shop, one after the other, and says which were not taken.

import { addressOf, readWords } from "../elements.js";

const LARGEST_BYTES = 10 * 1024 * 1024;

const words = readWords();
const said = document.querySelector("[data-said]");
const field = document.querySelector("[data-phrase]");

field.addEventListener("change", async () => {
  const files = [...field.files];
  if (files.length === 0) return;
  const problems = [];
  said.textContent = words("phrases.picture_sending");
  for (const file of files) problems.push(await problemOf(file)); // in the order in which they were chosen
  const told = problems.filter(Boolean);
  said.textContent = told.join("\n");
  field.value = "";
  if (told.length < files.length) showThem(told);
});

/** Those that were taken are on the page once it is loaded again; what was not is said there. */
function showThem(told) {
  if (told.length === 0) return location.reload();
  setTimeout(() => location.reload(), 4_000);
}

async function problemOf(file) {
  if (!file.type.startsWith("image/")) return named(file, "no_picture");
  if (file.size > LARGEST_BYTES) return named(file, "picture_too_large");
  const headers = { "Xiaoer-Proof": field.dataset.proof, "Content-Type": file.type };
  try {
    const response = await fetch(addressOf(`console/phrases/${field.dataset.phrase}/pictures`), { method: "POST", body: file, headers });
    if (response.status === 413) return named(file, "picture_too_large");
    if (!response.ok) return words("phrases.picture_failed", { name: file.name });
    const { problem } = await response.json();
    return problem ? named(file, problem) : "";
  } catch {
    return words("phrases.picture_failed", { name: file.name });
  }
}

function named(file, problem) {
  return [file.name, words(`phrase_not_kept.${problem}`, { most: field.dataset.most })].join(" ");
}
