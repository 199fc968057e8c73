// A page is printed on white, with its fold-outs open.
(() => {
  const page = document.documentElement;
  let closed = [];
  let theme = page.dataset.theme;
  window.addEventListener("beforeprint", () => {
    theme = page.dataset.theme;
    page.dataset.theme = "light";
    closed = [...document.querySelectorAll("article details:not([open])")];
    closed.forEach((fold) => fold.setAttribute("open", ""));
  });
  window.addEventListener("afterprint", () => {
    page.dataset.theme = theme;
    closed.forEach((fold) => fold.removeAttribute("open"));
  });
})();

// A formula is copied as its TeX source.
document.addEventListener("copy", (event) => {
  const selection = getSelection();
  if (!selection.rangeCount) return;
  const range = selection.getRangeAt(0).cloneRange();
  const around = (node) => (node.closest ? node : node.parentElement).closest("math");
  const [first, last] = [around(range.startContainer), around(range.endContainer)];
  if (first) range.setStartBefore(first);
  if (last) range.setEndAfter(last);
  const copy = document.createElement("div");
  copy.append(range.cloneContents());
  const formulas = copy.querySelectorAll("math[alttext]");
  if (!formulas.length) return;
  formulas.forEach((formula) => {
    const mark = formula.getAttribute("display") === "block" ? "$$" : "$";
    formula.replaceWith(mark + formula.getAttribute("alttext") + mark);
  });
  document.body.append(copy); // lines are broken as they are shown
  event.clipboardData.setData("text/plain", copy.innerText);
  event.clipboardData.setData("text/html", copy.innerHTML);
  copy.remove();
  event.preventDefault();
});
