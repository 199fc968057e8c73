// Menus and tooltips come with Bootstrap, which is fetched when one of them is first touched.
(() => {
  const kinds = ["pointerover", "focusin", "click"];
  let arriving = null;
  let waiting = null; // the button that was clicked in the meantime
  const onTouch = (event) => {
    const button = event.target.closest?.("[data-bs-toggle]");
    if (!button) return;
    if (event.type === "click" && button.dataset.bsToggle === "dropdown") waiting = button;
    if (arriving) return;
    arriving = document.createElement("script");
    arriving.src = `${document.documentElement.dataset.content_root}_static/scripts/bootstrap.js`;
    arriving.onload = () => {
      kinds.forEach((kind) => document.removeEventListener(kind, onTouch));
      if (waiting) waiting.click();
      else if (button.matches(":hover")) bootstrap.Tooltip.getInstance(button)?.show();
    };
    document.head.append(arriving);
  };
  kinds.forEach((kind) => document.addEventListener(kind, onTouch));
})();
