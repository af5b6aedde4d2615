// The product of the page that the visitor is on: shown to the shop by one click, once.

/** `onShow(title)` hears the click. */
export function offerProduct(root, { channel, product, onShow }) {
  const button = root.querySelector("[data-show-product]");
  if (!button) return;
  const key = `xiaoer.shown.${channel}`;
  button.parentElement.hidden = kept(key) === product;
  button.addEventListener("click", () => {
    button.parentElement.hidden = true;
    keep(key, product);
    onShow(button.dataset.showProduct);
  });
}

function kept(key) {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

function keep(key, value) {
  try {
    sessionStorage.setItem(key, value);
  } catch {
    // the next page offers it again
  }
}
