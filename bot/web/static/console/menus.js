// Opens a menu beside its button: below it, or above where there is no room below.

const GAP_PX = 4;

document.addEventListener(
  "toggle",
  ({ target, newState }) => {
    if (newState !== "open" || !target.matches("[popover]:not(.rail-menu)")) return;
    const button = document.querySelector(`[popovertarget="${CSS.escape(target.id)}"]`);
    const at = button.getBoundingClientRect();
    const { offsetWidth, offsetHeight } = target;
    const below = at.bottom + GAP_PX + offsetHeight <= innerHeight;
    const top = below ? at.bottom + GAP_PX : Math.max(GAP_PX, at.top - GAP_PX - offsetHeight);
    const left = Math.max(GAP_PX, Math.min(at.right - offsetWidth, innerWidth - offsetWidth - GAP_PX));
    Object.assign(target.style, { top: `${top}px`, left: `${left}px`, right: "auto", bottom: "auto" });
    target.querySelector("button, a")?.focus();
  },
  true,
);
