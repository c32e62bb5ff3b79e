// What works alike on every page: large type, links that keep the choices, the sheet on a phone.

import { byId, el, put } from "atlas/dom.js";
import { page } from "atlas/page.js";
import { asQuery, choose, chosen, isChosen } from "atlas/state.js";
import { resized } from "atlas/board.js";
import { t } from "atlas/words.js";

const SHARED = ["lang", "large", "city", "on", "lat", "lon", "z"];
const STEPS = ["folded", "half", "full"];

function keepLinksTrue() {
  for (const link of document.querySelectorAll("a[data-carry]")) {
    const query = asQuery({}, SHARED);
    link.search = query;
  }
  const language = byId("language");
  if (language) language.search = asQuery({ lang: page.lang === "en" ? null : "en" });
}

function startLargeType() {
  const button = byId("large");
  const apply = (isLarge) => {
    document.documentElement.classList.toggle("large", isLarge);
    button.setAttribute("aria-pressed", String(isLarge));
  };
  if (isChosen("large")) apply(true);
  button.addEventListener("click", () => {
    const isLarge = !document.documentElement.classList.contains("large");
    apply(isLarge);
    choose({ large: isLarge });
    resized();
  });
}

/** On a phone the list is a sheet in three heights: by its grip, by dragging, by the arrow keys. */
function startSheet() {
  const [grip, board] = [byId("grip"), byId("board")];
  if (!grip) return;
  const set = (step) => {
    board.dataset.sheet = step;
    grip.setAttribute("aria-expanded", String(step !== "folded"));
    resized();
  };
  const move = (by) => set(STEPS[Math.min(2, Math.max(0, STEPS.indexOf(board.dataset.sheet) + by))]);
  set("half");
  let startY = null;
  grip.addEventListener("pointerdown", (event) => {
    startY = event.clientY;
    grip.setPointerCapture(event.pointerId);
  });
  grip.addEventListener("pointerup", (event) => {
    const way = event.clientY - (startY ?? event.clientY);
    if (Math.abs(way) > 24) move(way < 0 ? 1 : -1);
    else move(board.dataset.sheet === "full" ? -1 : 1);
    startY = null;
  });
  grip.addEventListener("keydown", (event) => {
    const by = { ArrowUp: 1, ArrowDown: -1, Enter: 1, " ": 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    if (by === 1 && board.dataset.sheet === "full" && !event.key.startsWith("Arrow")) set("folded");
    else move(by);
  });
}

/** A past day or year that decides all that is shown is seen, and one click leaves it. */
function showWhen() {
  const host = byId("when");
  if (!host) return;
  const isBound = (name) => ({ on: true, year: ["boundaries", "names"].includes(page.wing) })[name] && chosen(name);
  const leave = (name) => { choose({ [name]: null }); location.reload(); };
  const chips = [["on", t(`截至 ${chosen("on")}`, `As of ${chosen("on")}`)], ["year", t(`${chosen("year")} 年`, `Year ${chosen("year")}`)]]
    .filter(([name]) => isBound(name))
    .map(([name, text]) => el("button", { type: "button", class: "chip when", title: t("回到今天", "Back to today"), onclick: () => leave(name) }, text, " ", el("span", { "aria-hidden": "true" }, "×"), el("span", { class: "sr" }, t("，点按回到今天", ", activate to go back to today"))));
  host.hidden = !chips.length;
  put(host, chips);
}

startLargeType();
showWhen();
startSheet();
keepLinksTrue();
document.addEventListener("atlas:chosen", keepLinksTrue);
document.addEventListener("atlas:chosen", showWhen);
