// Sends the pictures of a phrase to the shop, one after the other, and says which were not taken.

import { addressOf, readWords } from "../elements.js";
import { onFiles } from "../files.js";

const LARGEST_BYTES = 10 * 1024 * 1024;
const SAID = "xiaoer.pictures_said"; // what was said before the page was loaded again

const words = readWords();
const said = document.querySelector("[data-said]");
const field = document.querySelector("[data-phrase]");

said.textContent = saidBefore();
onFiles(field, send);

async function send(files) {
  const problems = [];
  said.textContent = words("phrases.picture_sending");
  for (const file of files) problems.push(await problemOf(file)); // in the order in which they were chosen
  const told = problems.filter(Boolean);
  said.textContent = told.join("\n");
  if (told.length < files.length) showThem();
}

/** Those that were taken are on the page once it is loaded again; which were not is said there still. */
function showThem() {
  try {
    sessionStorage.setItem(SAID, said.textContent);
  } catch {
    // storage is blocked: it was said for a moment
  }
  location.reload();
}

function saidBefore() {
  try {
    const before = sessionStorage.getItem(SAID) ?? "";
    sessionStorage.removeItem(SAID);
    return before;
  } catch {
    return "";
  }
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
