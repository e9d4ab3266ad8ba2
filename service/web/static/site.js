// Comfort for browsers that run scripts; every page works without.
// Pages opt in by attributes, so that no page needs a script of its own:
//   form[data-live="#id"]   asks the form's own address again while typing and shows that part of the answer
//                           (data-live-from: another address for it, asked with the same method)
//   input[data-check="/x"]  asks /x?value=... when the field is left and shows the answer's text below the field
//   form[data-ask="text"]   asks once more before sending
"use strict";

const PAUSE = 400;

function onPause(action) {
  let timer;
  return () => { clearTimeout(timer); timer = setTimeout(action, PAUSE); };
}

function showPart(selector, html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector(selector);
  const shown = document.querySelector(selector);
  if (fresh && shown) shown.replaceChildren(...fresh.childNodes);
}

function liven(form) {
  const selector = form.dataset.live;
  const target = document.querySelector(selector);
  if (!target) return;
  target.setAttribute("aria-live", "polite");
  let latest = 0;
  const ask = async () => {
    const mine = ++latest;
    const fields = new URLSearchParams(new FormData(form));
    const address = form.dataset.liveFrom || form.getAttribute("action") || location.pathname;
    const posts = form.method === "post";
    target.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(posts ? address : `${address}?${fields}`, {
        method: posts ? "POST" : "GET", body: posts ? fields : undefined, headers: { Accept: "text/html" },
      });
      if (mine !== latest) return;
      if (answer.ok || answer.status === 422) showPart(selector, await answer.text());
      if (answer.ok && !posts) history.replaceState(null, "", `${address}?${fields}`);
    } catch { /* offline: what is shown stays, and the form still sends */ } finally {
      if (mine === latest) target.removeAttribute("aria-busy");
    }
  };
  const later = onPause(ask);
  form.addEventListener("input", later);
  form.addEventListener("change", later);
}

function check(input) {
  const note = document.createElement("p");
  note.className = "help";
  note.setAttribute("role", "status");
  input.closest(".field").append(note);
  const ask = async () => {
    if (!input.value.trim()) { note.textContent = ""; return; }
    const answer = await fetch(`${input.dataset.check}?value=${encodeURIComponent(input.value)}`, { headers: { Accept: "text/plain" } });
    if (answer.ok) note.textContent = await answer.text();
  };
  input.addEventListener("change", () => ask().catch(() => {}));
  input.addEventListener("input", onPause(() => ask().catch(() => {})));
}

document.querySelectorAll("form[data-live]").forEach(liven);
document.querySelectorAll("input[data-check]").forEach(check);
document.addEventListener("submit", (event) => {
  const form = event.target;
  const question = (event.submitter && event.submitter.dataset.ask) || form.dataset.ask;
  if (question && !window.confirm(question)) { event.preventDefault(); return; }
  // A second click must not send a form twice; the button comes back if the page does.
  if (form.method === "post") setTimeout(() => event.submitter && (event.submitter.disabled = true), 0);
});
window.addEventListener("pageshow", () => document.querySelectorAll("button[disabled][type=submit]").forEach((button) => { button.disabled = false; }));

const errors = document.getElementById("form-errors");
if (errors) errors.focus();
