// The keyboard of the desk; every page works without.
//   [data-rows] > [data-row]  j and k go from row to row, Enter opens its a[data-open]
//   [data-board] [data-column]  arrow keys go between the columns and rows of a board
//   [data-key="a"]            the key acts on this button, box, field or summary of the row that is chosen
//   [data-focus]              gets the focus when the page opens
//   [data-refresh]            asks for its page again until it is no longer there
"use strict";

const GO = { d: "/desk", a: "/desk/approvals", n: "/desk/needs", p: "/desk/pipeline", m: "/desk/assignments" };
const CHOICE = "desk-shortcuts-off";
const EVERY = 2000;

const rows = () => [...document.querySelectorAll("[data-row]")];
const chosen = () => document.activeElement && document.activeElement.closest("[data-row]");
const help = document.getElementById("shortcuts");
const box = document.getElementById("shortcuts-on");
let after = null;

function choose(row) {
  if (!row) return;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = rows();
  const at = all.indexOf(chosen());
  choose(at < 0 ? all[by > 0 ? 0 : all.length - 1] : all[at + by]);
}

function acrossBoard(by) {
  const columns = [...document.querySelectorAll("[data-column]")];
  const row = chosen();
  if (!row) { choose(document.querySelector("[data-column] [data-row]")); return; }
  const column = row.closest("[data-column]");
  const beside = columns[columns.indexOf(column) + by];
  if (!beside) return;
  const place = [...column.children].indexOf(row);
  choose(beside.children[Math.min(place, beside.children.length - 1)]);
}

function act(key) {
  const within = chosen() || (rows().length <= 1 ? document : null) || document;
  const target = [...within.querySelectorAll("[data-key]")].find((each) => each.dataset.key === key);
  if (!target || (within === document && rows().length > 1)) return false;
  if (target.matches("input[type=text], textarea")) target.focus();
  else { target.focus(); target.click(); }
  return true;
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select")) {
    if (event.key === "Escape") choose(event.target.closest("[data-row]"));
    return;
  }
  const onBoard = document.querySelector("[data-board]") && chosen();
  const moves = { ArrowRight: () => acrossBoard(1), ArrowLeft: () => acrossBoard(-1), ArrowDown: () => step(1), ArrowUp: () => step(-1) };
  if (onBoard && moves[event.key]) { event.preventDefault(); moves[event.key](); return; }
  if (event.key === "Enter" && event.target.matches("[data-row]")) {
    const link = event.target.querySelector("a[data-open]");
    if (link) link.click();
    return;
  }
  if (box && !box.checked) return;
  if (after === "g" && GO[event.key]) { after = null; location.assign(GO[event.key]); return; }
  after = event.key === "g" ? "g" : null;
  if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else if (event.key === "?" && help) { help.open = !help.open; if (help.open) help.querySelector("summary").focus(); }
  else if (!act(event.key)) return;
  event.preventDefault();
}

function refresh() {
  const shown = document.querySelector("[data-refresh]");
  if (!shown) return;
  setTimeout(async () => {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-refresh]");
      if (answer.ok && !fresh) { location.replace(location.pathname); return; }
      if (fresh) shown.replaceChildren(...fresh.childNodes);
    } catch { /* offline: ask again later */ }
    refresh();
  }, EVERY);
}

if (box) {
  box.closest("label").hidden = false;
  box.checked = localStorage.getItem(CHOICE) === null;
  box.addEventListener("change", () => box.checked ? localStorage.removeItem(CHOICE) : localStorage.setItem(CHOICE, "1"));
}
document.addEventListener("keydown", onKey);
const opened = document.querySelector("[data-focus]");
if (opened) opened.focus();
else if (document.querySelector("[role=status].alert")) choose(document.querySelector("[data-first] [data-row]"));
refresh();
