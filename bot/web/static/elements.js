// Builds page elements. Text always goes in as text, never as markup.

/** Make an element: `make("p", { class: "note", hidden: true }, "words", child)`; null children are left out. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const ROOT = new URL(document.documentElement.dataset.root, location.href); // before the page changes its own address

/** The whole address of a path of ours, wherever a proxy has put us: the page says how far up our root is. */
export function addressOf(path) {
  return new URL(path, ROOT).href;
}

/** The words of this page, as the server put them there. */
export function readWords() {
  const words = JSON.parse(document.getElementById("words").textContent);
  return (key, values = {}) => (words[key] ?? key).replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
}

/** Are there words for this key? */
export function knows(words, key) {
  return words(key) !== key;
}

/** Make a field as high as its text. */
export function fitHeight(field) {
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
}
