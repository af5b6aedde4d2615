// Light, dark or as the system: set before the first paint, remembered where the browser lets us. A shop that shows the
// window in its own page may say which by `?theme=light`.
(() => {
  const KEY = "xiaoer.theme";
  const root = document.documentElement;

  const remembered = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null; // storage is blocked: the system decides
    }
  };

  const wear = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
  };

  wear(new URLSearchParams(location.search).get("theme") ?? remembered());

  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-theme-choice]")) return;
    wear(event.target.value);
    try {
      localStorage.setItem(KEY, event.target.value);
    } catch {
      // not remembered, but worn until the page is left
    }
  });

  document.addEventListener("DOMContentLoaded", () => {
    const choice = document.querySelector("[data-theme-choice]");
    if (choice) choice.value = root.dataset.theme ?? "system";
  });
})();
