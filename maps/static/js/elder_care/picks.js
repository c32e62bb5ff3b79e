// Which places are to be compared? Ticks that outlast a change of the list, and a comparison that
// needs no network: the facts that a card holds are kept when it is ticked.

import { el, put } from "atlas/dom.js";
import { t, tell } from "atlas/elder_care/say.js";

const MOST = 4;
const KEPT = "atlas-picked";
const PATIENCE_MS = 8000;
const picks = new Map(); // code → { name, number, facts: [[code, name, text, isKnown]] }

function keep() {
  try { sessionStorage.setItem(KEPT, JSON.stringify([...picks])); } catch { /* private windows may forbid it */ }
}

/** What a card says, as plain text. */
function told(card) {
  const rows = [...card.querySelectorAll(".facts > div")].map((row) => [
    row.dataset.fact, row.querySelector("dt").textContent, [...row.querySelectorAll(".line")].map((one) => one.textContent).join("\n") || row.querySelector("dd").textContent,
    !row.querySelector(".unknown")]);
  const way = card.querySelector(".way")?.textContent.trim();
  return { name: card.dataset.name, facts: [...(way ? [["way", t("距离", "Distance"), way, true]] : []), ...rows] };
}

const boxes = (code) => [...document.querySelectorAll('.pick input[name="codes"]')].filter((one) => one.value === code);

function onTick(box) {
  const card = box.closest(".card");
  if (!card) { picks.delete(box.value); boxes(box.value).forEach((one) => { one.checked = false; }); }
  else if (!box.checked) picks.delete(box.value);
  else if (picks.size >= MOST) {
    box.checked = false;
    tell(t("最多比较四家，请先去掉一家。", "At most four can be compared; take one away first."), { seen: true });
  } else picks.set(box.value, told(card));
  keep();
  draw();
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

/** Without a network: a comparison of what the cards said, in place of the page. */
export function compareHere() {
  const chosen = [...picks.values()];
  const names = new Map(chosen.flatMap((one) => one.facts.map(([code, name]) => [code, name])));
  const cell = (one, code) => one.facts.find(([its]) => its === code);
  const table = el("table", { class: "versus" },
    el("caption", {}, t("没有网络：按已载入的信息比较", "No network: compared from what is loaded")),
    el("thead", {}, el("tr", {}, el("td"), chosen.map((one, i) => el("th", { scope: "col" }, `${i + 1} ${one.name}`)))),
    el("tbody", {}, [...names].map(([code, name]) => el("tr", {}, el("th", { scope: "row" }, name),
      chosen.map((one) => el("td", { class: cell(one, code)?.[3] ? null : "unknown" }, (cell(one, code)?.[2] ?? t("未知", "unknown")).split("\n").map((line) => el("span", { class: "line" }, line))))))));
  const questions = document.getElementById("questions").content.cloneNode(true);
  const back = el("button", { type: "button", class: "act", onclick: () => { box.remove(); document.body.classList.remove("comparing"); document.getElementById("found").focus(); } }, t("回到名单", "Back to the list"));
  const box = el("section", { class: "here-compared", id: "here-compared", "aria-labelledby": "here-title" },
    el("h2", { id: "here-title", tabindex: "-1" }, t(`${chosen.length} 家比一比`, `${chosen.length} side by side`)),
    el("p", { class: "form-acts" }, back, el("button", { type: "button", class: "act main", onclick: () => window.print() }, t("打印", "Print"))),
    el("div", { class: "versus-box", tabindex: "0", role: "region", "aria-label": t("比较表", "Comparison") }, table),
    el("h2", {}, t("打电话时问这八句", "Eight questions to ask by phone")), questions);
  document.getElementById("here-compared")?.remove();
  document.getElementById("panel").append(box);
  document.body.classList.add("comparing");
  box.querySelector("h2").focus();
  scrollTo(0, 0);
}

/** A list came: cards that are ticked say what is newest. */
function renew() {
  for (const box of document.querySelectorAll('.pick input[name="codes"]')) if (picks.has(box.value)) picks.set(box.value, told(box.closest(".card")));
  draw();
}

export function startPicking() {
  try { for (const [code, one] of JSON.parse(sessionStorage.getItem(KEPT) ?? "[]")) picks.set(code, one); } catch { /* nothing kept */ }
  for (const box of document.querySelectorAll('.pick input[name="codes"]:checked')) picks.set(box.value, told(box.closest(".card")));
  document.addEventListener("change", (event) => event.target.matches('.pick input[name="codes"]') && onTick(event.target));
  document.addEventListener("atlas:listed", renew);
  addEventListener("pageshow", draw);
  document.getElementById("compare").addEventListener("submit", async (event) => {
    event.preventDefault();
    const fields = new URLSearchParams([...new FormData(event.target)].filter(([name, value]) => name !== "codes" && value));
    const address = `${event.target.getAttribute("action")}?codes=${[...picks.keys()].map(encodeURIComponent).join(",")}&${fields}`;
    try {
      await fetch(address, { method: "HEAD", signal: AbortSignal.timeout(PATIENCE_MS) });
      location.assign(address);
    } catch {
      compareHere();
    }
  });
  renew();
}
