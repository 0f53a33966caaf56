// The scoring sheet: an entry is sent as soon as it is given, digits give points, arrows change band and factor.
// Without script every row has its own button.
(function () {
  "use strict";
  document.documentElement.classList.add("scripted");
  const rows = () => Array.from(document.querySelectorAll("[data-score-row]"));
  const input = (row) => row.querySelector("input[name=points]:not([type=radio])");
  const bands = (row) => Array.from(row.querySelectorAll(".bands input"));
  const place = (row) => input(row) || bands(row).find((band) => band.checked) || bands(row)[0];
  const formOf = (row) => row.querySelector("[data-score-form]");

  function send(row) {
    const field = input(row);
    if (field && field.value.trim() === "") return;
    if (formOf(row)) formOf(row).requestSubmit();
  }

  // A band of one value is the score; a band of a range asks for a number within it.
  function choose(row, band) {
    const field = input(row);
    if (!field) { send(row); return; }
    const given = Number(field.value);
    const inside = field.value !== "" && given >= Number(band.dataset.from) && given <= Number(band.dataset.to);
    field.placeholder = band.dataset.from === band.dataset.to ? band.dataset.from : band.dataset.from + "–" + band.dataset.to;
    if (band.dataset.from === band.dataset.to) { field.value = band.dataset.from; send(row); return; }
    if (!inside) { field.value = ""; }
    field.focus();
  }

  document.addEventListener("change", (event) => {
    const row = event.target.closest("[data-score-row]");
    if (event.target.matches(".bands input") && row) choose(row, event.target);
    else if (row && event.target.name === "points") send(row);
    else if (row && event.target.name === "note") send(row);
    else if (event.target.closest("[data-comment-form]")) event.target.form.requestSubmit();
  });

  function go(row) {
    place(row).focus();
    if (input(row)) input(row).select();
  }

  document.addEventListener("keydown", (event) => {
    const writes = event.target.matches("textarea, input[name=note], input[type=search], select");
    const next = document.querySelector("[data-board] [data-key=n]");
    if (event.key === "n" && next && !writes && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      next.click();
      return;
    }
    const row = event.target.closest("[data-score-row]");
    if (!row || event.ctrlKey || event.metaKey || event.altKey || event.target.name === "note") return;
    if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      const list = rows();
      const other = list[list.indexOf(row) + (event.key === "ArrowDown" ? 1 : -1)];
      if (other) { event.preventDefault(); go(other); }
    } else if ((event.key === "ArrowLeft" || event.key === "ArrowRight") && input(row) === event.target && event.target.value === "") {
      const list = bands(row);
      const now = list.findIndex((band) => band.checked);
      const next = list[Math.min(list.length - 1, Math.max(0, now + (event.key === "ArrowRight" ? 1 : -1)))];
      if (next) { event.preventDefault(); next.checked = true; choose(row, next); }
    } else if (/^[0-9]$/.test(event.key) && event.target.matches(".bands input") && input(row)) {
      input(row).value = "";
      input(row).focus();
    }
  });

  // What is being typed while an answer arrives stays typed.
  let typing = null;
  document.addEventListener("htmx:beforeSwap", () => {
    const field = document.activeElement;
    typing = field && field.id && field.matches("input:not([type=radio]), textarea") ? { id: field.id, value: field.value } : null;
  });
  document.addEventListener("htmx:afterSwap", () => {
    const field = typing && document.getElementById(typing.id);
    if (field && field.value !== typing.value) field.value = typing.value;
    typing = null;
  });

  if (location.hash.startsWith("#score-")) {
    const target = document.getElementById(location.hash.slice(1));
    const row = target && target.closest("[data-score-row]");
    if (row && place(row)) go(row);
  }

  // The next open place may stand on this very page: then only the focus moves.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-next]");
    const target = link && document.getElementById(link.dataset.next);
    const row = target && target.closest("[data-score-row]");
    if (row) { event.preventDefault(); go(row); row.scrollIntoView({ block: "center" }); }
  });
}());
