// Which places are to be compared? Ticks that outlast a change of the list, for this tab and a day at
// most, each with the column that the list brought, so that they compare without a network too.

import { el, put } from "atlas/dom.js";
import { linkOf } from "atlas/elder_care/deeds.js";
import { t, tell } from "atlas/elder_care/say.js";
import { brought, versusSheet } from "atlas/elder_care/versus.js";

const MOST = 4;
const KEPT = "atlas-picked";
const KEPT_MS = 24 * 3600 * 1000;
const PATIENCE_MS = 8000;
const picks = new Map(); // code → its column; only its name where no list brought it

function keep() {
  try {
    if (picks.size) sessionStorage.setItem(KEPT, JSON.stringify({ at: Date.now(), picks: [...picks] }));
    else sessionStorage.removeItem(KEPT);
  } catch { /* private windows may forbid it */ }
}

/** What this tab ticked before; free beds of yesterday are no choice of today. */
function kept() {
  try {
    const { at, picks: before } = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
    return Date.now() - at < KEPT_MS ? before : [];
  } catch {
    return [];
  }
}

const boxes = (code) => [...document.querySelectorAll('.pick input[name="codes"]')].filter((one) => one.value === code);

function onTick(box) {
  if (!box.checked) picks.delete(box.value);
  else if (picks.size >= MOST) {
    tell(t("最多比较四家，请先去掉一家。", "At most four can be compared; take one away first."), { seen: true });
  } else picks.set(box.value, brought().columns[box.value]);
  keep();
  draw();
}

function clear() {
  picks.clear();
  keep();
  draw();
  tell(t("已全部清除。", "All ticks are cleared."), { seen: true });
  document.getElementById("found").focus();
}

/** The tray names what is ticked; ticks of other lists stand there as fields of the form. */
function draw() {
  for (const box of document.querySelectorAll('.pick input[name="codes"]')) box.checked = picks.has(box.value);
  const tray = document.getElementById("compare");
  tray.classList.toggle("has-picks", picks.size > 0);
  put(document.getElementById("picked"), [...picks].map(([code, one]) => el("li", {},
    el("label", {}, el("input", { type: "checkbox", name: boxes(code).length ? null : "codes", value: code, checked: true, onchange: (event) => onTick(event.target) }), one.name))));
  const button = document.getElementById("compare-go");
  button.disabled = picks.size < 2;
  put(button, t(`比一比（${picks.size} 家）`, `Compare (${picks.size})`));
  put(document.getElementById("tray-note"), picks.size < 2 ? t("再选一家就可以比", "choose one more to compare") : "");
}

/** Where the service shows this comparison. */
function addressOf(form) {
  const fields = new URLSearchParams([...new FormData(form)].filter(([name, value]) => name !== "codes" && value));
  return new URL(`${form.getAttribute("action")}?codes=${[...picks.keys()].map(encodeURIComponent).join(",")}&${fields}`, location.href).href;
}

/** Without a network: the same comparison from what the lists brought, in place of the page. */
function compareHere() {
  document.getElementById("here-compared")?.remove();
  const known = new Map([...picks].filter(([, one]) => one.cells));
  const lost = [...picks.values()].filter((one) => !one.cells).map((one) => one.name);
  if (known.size < 2) {
    tell(t("没有网络，这几家的信息还没有载入，有网络后再比。", "No network, and these places are not loaded; please compare later."), { seen: true, isProblem: true });
    return;
  }
  const leave = () => { box.remove(); document.body.classList.remove("comparing", "compared"); document.getElementById("found").focus(); };
  const drop = (code) => { picks.delete(code); keep(); draw(); compareHere(); };
  const sheet = versusSheet(known, linkOf(addressOf(document.getElementById("compare"))).link, drop);
  const box = el("section", { class: "here-compared", id: "here-compared" },
    el("p", { class: "back" }, el("button", { type: "button", class: "act", onclick: leave }, t("‹ 回到名单", "‹ Back to the list"))),
    el("p", { class: "problem" }, t("没有网络：按已载入的信息比较。", "No network: compared from what is loaded."),
      lost.length > 0 && t(`没有载入：${lost.join("、")}。`, ` Not loaded: ${lost.join(", ")}.`)), sheet);
  document.getElementById("panel").append(box);
  document.body.classList.add("comparing", "compared");
  sheet.querySelector(".sheet-title").focus();
  scrollTo(0, 0);
}

/** A list came: its places that are ticked say what is newest. */
function renew() {
  const { columns } = brought();
  for (const code of picks.keys()) if (columns[code]) picks.set(code, columns[code]);
  draw();
}

async function compare(event) {
  event.preventDefault();
  const address = addressOf(event.target);
  try {
    const answer = await fetch(address, { method: "HEAD", signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.status >= 500) throw new Error(String(answer.status));
    location.assign(address);
  } catch {
    compareHere();
  }
}

export function startPicking() {
  for (const box of document.querySelectorAll('#picked input[name="codes"]:checked')) picks.set(box.value, { name: box.parentElement.textContent.trim() });
  for (const [code, one] of kept()) if (picks.size < MOST || picks.has(code)) picks.set(code, one);
  for (const box of document.querySelectorAll('.pick input[name="codes"]:checked')) picks.set(box.value, brought().columns[box.value]);
  document.addEventListener("change", (event) => event.target.matches('.pick input[name="codes"]') && onTick(event.target));
  document.addEventListener("atlas:listed", renew);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("#clear-picks")) return;
    event.preventDefault();
    clear();
  });
  addEventListener("pageshow", draw);
  document.getElementById("compare").addEventListener("submit", compare);
  renew();
}
