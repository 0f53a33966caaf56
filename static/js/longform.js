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

  // What is typed is kept a moment later; files wait for the button. A second window is told, nothing is overwritten.
  if (form.dataset.autosave) {
    const conflict = form.querySelector("[data-conflict]");
    let waiting = 0, sending = false;
    const later = (delay) => { clearTimeout(waiting); waiting = setTimeout(send, delay); };
    const send = async () => {
      if (sending) { later(1000); return; }
      sending = true;
      changed = false;
      const data = new URLSearchParams();
      new FormData(form).forEach((value, name) => { if (typeof value === "string") data.append(name, value); });
      try {
        const answer = await fetch(form.dataset.autosave, { method: "POST", body: data, credentials: "same-origin" });
        const told = await answer.json();
        if (!changed) saved.textContent = told.message;
        saved.classList.toggle("saved--not", !answer.ok);
        if (!answer.ok) changed = true;
        if (conflict) { conflict.hidden = !told.conflict; conflict.textContent = told.conflict || ""; }
      } catch {
        changed = true;
        saved.textContent = saved.dataset.offline;
        later(10000);
      } finally { sending = false; }
    };
    form.addEventListener("input", () => later(1200));
    form.addEventListener("rows:changed", () => later(1200));
  }

  // The factors add up to the price, and the price to the amount: in whole fen, so that nothing is rounded.
  const sums = form.querySelector("[data-sums]");
  if (!sums) return;
  const fen = (text) => {
    const found = /^\s*(\d+)(?:\.(\d{1,2}))?\s*$/.exec((text || "").replaceAll(",", ""));
    return found ? BigInt(found[1]) * 100n + BigInt((found[2] || "").padEnd(2, "0")) : null;
  };
  const show = (name, value) => {
    const whole = value === null ? "" : (value / 100n).toString().replace(/\B(?=(\d{3})+$)/g, ",");
    sums.querySelector(`[data-sum="${name}"]`).textContent = value === null ? "—" : `${whole}.${(value % 100n).toString().padStart(2, "0")}`;
  };
  const value = (name) => fen((form.elements[name] || {}).value);
  const add = () => {
    const given = Array.from(form.querySelectorAll('input[name^="factors-"][name$="-unit_amount"]')).map((input) => fen(input.value)).filter((sum) => sum !== null);
    const total = given.length ? given.reduce((sum, each) => sum + each, 0n) : null;
    const price = value("unit_price"), quantity = value("quantity"), periods = value("periods") || 100n;
    show("factors", total);
    show("price", price);
    show("amount", price === null || quantity === null ? null : (price * quantity * periods + 5000n) / 10000n);
    const verdict = sums.querySelector('[data-sum="verdict"]');
    verdict.textContent = total === null || price === null ? "" : total === price ? sums.dataset.yes : sums.dataset.no;
    verdict.className = total === price ? "sums__yes" : "sums__no";
  };
  form.addEventListener("input", add);
  form.addEventListener("rows:changed", add);
  add();
})();
