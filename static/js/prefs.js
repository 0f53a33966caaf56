// Theme and type size: read, apply, remember. Loaded before first paint; every page works without it.
(function (root) {
  const read = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
  ["theme", "size"].forEach((name) => { const value = read(name); if (value) root.dataset[name] = value; });
  addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-pref]").forEach((choice) => {
    choice.checked = (root.dataset[choice.dataset.pref] || "standard") === choice.value;
    choice.addEventListener("change", () => {
      root.dataset[choice.dataset.pref] = choice.value;
      try { localStorage.setItem(choice.dataset.pref, choice.value); } catch { /* private mode: lasts for this page */ }
    });
  }));
})(document.documentElement);
