// Sends the pictures of a phrase to the shop, one after the other, and says which were not taken.

import { addressOf, readWords } from "../elements.js";
import { onFiles } from "../files.js";

const LARGEST_BYTES = 10 * 1024 * 1024;
const KEPT = "xiaoer.phrase_kept"; // what was said and typed before the page was loaded again

const words = readWords();
const said = document.querySelector("[data-said]");
const field = document.querySelector("[data-phrase]");
const typed = document.querySelectorAll("#title, #bubbles");

goOn();
onFiles(field, send);
document.querySelectorAll(".phrases-pictures form").forEach((out) => out.addEventListener("submit", keep));

/** Until they are there, no more can be chosen: the page is loaded again then. */
async function send(files) {
  const problems = [];
  field.disabled = true;
  said.textContent = words("phrases.picture_sending");
  for (const file of files) problems.push(await problemOf(file)); // in the order in which they were chosen
  const told = problems.filter(Boolean);
  said.textContent = told.join("\n");
  if (told.length < files.length) return showThem();
  field.disabled = false;
}

/** Those that were taken are on the page once it is loaded again; which were not is said there still. */
function showThem() {
  keep();
  location.reload();
}

/** What was not saved yet stays in its fields. */
function keep() {
  const fresh = [...typed].filter((each) => each.value !== each.defaultValue).map(({ id, value }) => [id, value]);
  try {
    sessionStorage.setItem(KEPT, JSON.stringify({ phrase: field.dataset.phrase, said: said.textContent, fresh }));
  } catch {
    // storage is blocked: it was said for a moment
  }
}

function goOn() {
  try {
    const { phrase, said: before, fresh } = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
    sessionStorage.removeItem(KEPT);
    if (phrase !== field.dataset.phrase) return;
    said.textContent = before;
    if (fresh.length > 0) document.querySelector("[data-done]").textContent = ""; // these are not saved
    for (const [id, value] of fresh) document.getElementById(id).value = value;
  } catch {
    // storage is blocked: nothing was kept
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
