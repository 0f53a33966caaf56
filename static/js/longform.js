// A long form: the section in view is marked in its index, and what is not saved yet is said.
(function () {
  "use strict";
  const index = document.querySelector("[data-index]");
  if (index) {
    const links = Array.from(index.querySelectorAll("a[href^='#']"));
    const sections = links.map((link) => document.getElementById(link.hash.slice(1)));
    const mark = () => {
      const line = innerHeight / 3;
      const here = sections.reduce((found, section, at) => (section && section.getBoundingClientRect().top <= line ? at : found), 0);
      links.forEach((link, at) => { if (at === here) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current"); });
    };
    mark();
    addEventListener("scroll", mark, { passive: true });
  }

  const saved = document.querySelector("[data-unsaved]");
  const form = saved && saved.closest("form");
  if (!form) return;
  let changed = false;
  const say = () => { changed = true; saved.textContent = saved.dataset.unsaved; saved.classList.add("saved--not"); };
  form.addEventListener("input", say);
  form.addEventListener("rows:changed", say);
  form.addEventListener("submit", () => { changed = false; });
  addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
})();
