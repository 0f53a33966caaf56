// Small conveniences on top of pages that work without script. Everything is switched on by data attributes.
(function () {
  "use strict";
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));

  // Menus: <details class="menu"> closes on Escape, on a click elsewhere, and when another opens.
  function closeMenus(except) {
    all("details.menu[open]").forEach((menu) => { if (menu !== except) menu.open = false; });
  }
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details.menu[open]");
    if (open) { open.open = false; open.querySelector("summary").focus(); }
  });

  // Rows: [data-rows] holds a <tbody>, a <template> whose index is written __name__, and [data-add-row].
  function renumber(table) {
    all("[data-row-number]", table).forEach((cell, index) => { cell.textContent = index + 1; });
    const limit = Number(table.dataset.maxRows || 0);
    const button = table.querySelector("[data-add-row]");
    if (button && limit) button.disabled = all("tbody tr", table).length >= limit;
  }
  document.addEventListener("click", (event) => {
    const add = event.target.closest("[data-add-row]");
    const remove = event.target.closest("[data-remove-row]");
    const table = event.target.closest("[data-rows]");
    if (!table || !(add || remove)) return;
    if (add) {
      const next = Number(table.dataset.nextRow);
      const html = table.querySelector("template").innerHTML.replaceAll(table.dataset.placeholder, next);
      table.dataset.nextRow = next + 1;
      table.querySelector("tbody").insertAdjacentHTML("beforeend", html);
      const row = table.querySelector("tbody").lastElementChild;
      renumber(table);
      const first = row.querySelector("input:not([type=hidden]), select, textarea");
      if (first) first.focus();
    } else {
      const row = remove.closest("tr");
      const neighbour = row.nextElementSibling || row.previousElementSibling;
      row.remove();
      renumber(table);
      const target = neighbour && neighbour.querySelector("[data-remove-row]");
      (target || table.querySelector("[data-add-row]")).focus();
    }
    table.dispatchEvent(new CustomEvent("rows:changed", { bubbles: true }));
  });
  all("[data-rows] tr[data-spare]").forEach((row) => row.remove());
  all("[data-rows]").forEach(renumber);

  // Filters: form[data-autosubmit] is sent when a choice or a date changes; typed text waits for Enter or the button.
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (!form || !form.hasAttribute("data-autosubmit")) return;
    if (event.target.matches("select, input[type=checkbox], input[type=radio], input[type=date]")) form.requestSubmit();
  });

  // Confirmation: only for what cannot be undone; names the thing; the focus stands on "no".
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const question = (event.submitter && event.submitter.dataset.confirm) || form.dataset.confirm;
    const template = document.getElementById("confirm-dialog");
    if (!question || !template || form.dataset.confirmed) return;
    event.preventDefault();
    const dialog = template.content.firstElementChild.cloneNode(true);
    dialog.querySelector("[data-question]").textContent = question;
    dialog.querySelector("[data-yes]").textContent = (event.submitter || {}).textContent.trim();
    dialog.addEventListener("close", () => {
      if (dialog.returnValue === "yes") {
        form.dataset.confirmed = "1";
        form.requestSubmit(event.submitter);
        delete form.dataset.confirmed;
      }
      dialog.remove();
    });
    document.body.append(dialog);
    dialog.showModal();
  });

  // One press is one act: a form[data-once] ignores a second submit while the first is under way.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !form.hasAttribute("data-once")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    form.setAttribute("aria-busy", "true");
  });
  addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  }));

  // Countdown: [data-countdown="ISO"] with data-now (server time); children [data-unit=days|hours|minutes|seconds].
  function countdowns() {
    const started = Date.now();
    const clocks = all("[data-countdown]").map((element) => ({
      element, end: Date.parse(element.dataset.countdown), now: Date.parse(element.dataset.now) || started,
    }));
    if (!clocks.length) return;
    const pad = (number) => String(number).padStart(2, "0");
    const tick = () => clocks.forEach((clock) => {
      const left = Math.max(0, Math.floor((clock.end - clock.now - (Date.now() - started)) / 1000));
      const parts = { days: Math.floor(left / 86400), hours: Math.floor(left / 3600) % 24, minutes: Math.floor(left / 60) % 60, seconds: left % 60 };
      all("[data-unit]", clock.element).forEach((mark) => {
        const value = parts[mark.dataset.unit];
        mark.textContent = mark.dataset.unit === "days" ? value : pad(value);
      });
      if (!left && clock.element.hasAttribute("data-reload") && !clock.done) { clock.done = true; setTimeout(() => location.reload(), 1500); }
    });
    tick();
    setInterval(tick, 1000);
  }
  countdowns();

  // Keyboard lists: j and k walk [data-keylist] > [data-keyitem]; x ticks; a slash goes to the search box.
  const typing = (element) => element.matches("input:not([type=checkbox]):not([type=radio]), select, textarea, [contenteditable]");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "/") {
      const search = document.querySelector("[data-search]");
      if (search) { event.preventDefault(); search.focus(); }
      return;
    }
    const items = all("[data-keylist] [data-keyitem]");
    if (!items.length) return;
    const current = items.findIndex((item) => item.contains(document.activeElement));
    const marked = items.findIndex((item) => item.hasAttribute("aria-current"));
    const here = current >= 0 ? current : marked;
    if (event.key === "j" || event.key === "k") {
      const next = items[Math.min(items.length - 1, Math.max(0, here + (event.key === "j" ? 1 : -1)))];
      const link = next.querySelector("a[href]") || next;
      link.focus();
      next.scrollIntoView({ block: "nearest" });
      event.preventDefault();
    } else if (event.key === "x" && here >= 0) {
      const tick = items[here].querySelector("input[type=checkbox]");
      if (tick && !tick.disabled) { tick.click(); event.preventDefault(); }
    } else {
      const button = document.querySelector(`[data-key="${CSS.escape(event.key)}"]:not([aria-disabled="true"])`);
      if (button) { event.preventDefault(); button.click(); }
    }
  });

  // Small acts: copy, print, tick all, refused buttons that stay visible but do nothing.
  document.addEventListener("click", (event) => {
    const refused = event.target.closest('[aria-disabled="true"]');
    if (refused) { event.preventDefault(); return; }
    const copy = event.target.closest("[data-copy]");
    if (copy && navigator.clipboard) {
      navigator.clipboard.writeText(copy.dataset.copy).then(() => { if (copy.dataset.done) copy.textContent = copy.dataset.done; });
    }
    if (event.target.closest("[data-print]")) print();
  });
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-tick-all]")) return;
    all(`input[type=checkbox][name="${CSS.escape(event.target.dataset.tickAll)}"]`).forEach((box) => {
      if (!box.disabled) box.checked = event.target.checked;
    });
  });

  // Files: name and size of what was picked, and a warning before a file over the limit travels.
  document.addEventListener("change", (event) => {
    const input = event.target;
    if (!input.matches("input[type=file]")) return;
    const note = input.closest(".upload") && input.closest(".upload").querySelector("[data-picked]");
    const limit = Number(input.dataset.limit || 0);
    const files = Array.from(input.files);
    const large = limit ? files.filter((file) => file.size > limit) : [];
    if (note) note.textContent = files.map((file) => `${file.name} · ${(file.size / 1048576).toFixed(2)} MB`).join("\n");
    input.setCustomValidity(large.length ? input.dataset.tooLarge || "" : "");
    if (large.length) input.reportValidity();
  });

  // After a refused try the summary takes the focus.
  const focus = document.querySelector("[data-takes-focus]");
  if (focus) focus.focus();

  // htmx comes only to pages on which something asks for itself; after loading, because only then it starts at once.
  const htmx = document.currentScript.dataset.htmx;
  window.addEventListener("load", () => {
    if (!document.querySelector("[hx-get], [hx-post]")) return;
    const script = document.createElement("script");
    script.src = htmx;
    document.head.append(script);
  });
})();
