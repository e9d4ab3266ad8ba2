// Comfort for browsers that run scripts; every page works without.
// Pages opt in by attributes, so that no page needs a script of its own:
//   form[data-live="#id"]   asks the form's own address again while typing and shows that part of the answer
//                           ("#one, #two": several), and beside each field what is wrong with it
//                           (data-live-from: another address for it, asked with the same method);
//                           where the part holds a [data-say], only that is read aloud
//   input[data-check="/x"]  asks /x?value=... when the field is left and shows the answer's text below the field
//   form[data-ask="text"]   asks once more before sending
//   button[data-copy="#id"] copies what that field holds
//   button[data-print]      prints the page; hidden where no script runs
"use strict";

const PAUSE = 400;

function onPause(action) {
  let timer;
  return () => { clearTimeout(timer); timer = setTimeout(action, PAUSE); };
}

function showParts(targets, fresh) {
  for (const shown of targets) {
    const part = fresh.getElementById(shown.id);
    if (part) shown.replaceChildren(...part.childNodes);
  }
}

// An answer about a field whose text has changed since says nothing about it any more.
function showErrors(form, fresh) {
  for (const input of form.querySelectorAll(".field [id][name]")) {
    const asked = fresh.getElementById(input.id);
    if (!asked || (asked.value !== input.value && asked.value.replaceAll(",", "") !== input.value.replaceAll(",", ""))) continue;
    const field = input.closest(".field"), error = asked.closest(".field").querySelector(".error");
    field.querySelectorAll(".error").forEach((old) => old.remove());
    if (error) field.append(error);
    field.classList.toggle("field-wrong", Boolean(error));
    for (const name of ["aria-invalid", "aria-describedby"]) {
      if (asked.hasAttribute(name)) input.setAttribute(name, asked.getAttribute(name)); else input.removeAttribute(name);
    }
  }
}

function makeSpeaker(targets) {
  if (!targets.some((target) => target.querySelector("[data-say]"))) {
    targets.forEach((target) => target.setAttribute("aria-live", "polite"));
    return () => {};
  }
  const speaker = document.createElement("p");
  speaker.className = "visually-hidden";
  speaker.setAttribute("role", "status");
  targets[0].before(speaker);
  return (fresh) => { speaker.textContent = (fresh.querySelector("[data-say]") || fresh.getElementById("form-errors"))?.textContent.replace(/\s+/g, " ") ?? ""; };
}

function liven(form) {
  const targets = [...document.querySelectorAll(form.dataset.live)];
  if (!targets.length) return;
  const say = makeSpeaker(targets);
  let latest = 0;
  const ask = async () => {
    const mine = ++latest;
    const fields = new URLSearchParams(new FormData(form));
    const address = form.dataset.liveFrom || form.getAttribute("action") || location.pathname;
    const posts = form.method === "post";
    targets.forEach((target) => target.setAttribute("aria-busy", "true"));
    try {
      const answer = await fetch(posts ? address : `${address}?${fields}`, {
        method: posts ? "POST" : "GET", body: posts ? fields : undefined, headers: { Accept: "text/html" },
      });
      if (mine !== latest) return;
      if (answer.ok || answer.status === 422) {
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        say(fresh);
        showErrors(form, fresh);
        showParts(targets, fresh);
      }
      if (answer.ok && !posts) history.replaceState(null, "", `${address}?${fields}`);
    } catch { /* offline: what is shown stays, and the form still sends */ } finally {
      if (mine === latest) targets.forEach((target) => target.removeAttribute("aria-busy"));
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
document.querySelectorAll("button[data-print]").forEach((button) => { button.hidden = false; });
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy], [data-print]");
  if (!button) return;
  if ("print" in button.dataset) { window.print(); return; }
  const field = document.querySelector(button.dataset.copy);
  field.select();
  navigator.clipboard.writeText(field.value).then(() => { button.textContent = "복사했습니다"; }).catch(() => document.execCommand("copy"));
});
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
