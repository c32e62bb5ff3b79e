// Where does one start from: what is typed (with offers while typing), or one's own place, by a tap?

import { el, put, soon } from "atlas/dom.js";
import { addressOf, go } from "atlas/elder_care/live.js";
import { OFFLINE, page, t, tell } from "atlas/elder_care/say.js";

const LONGEST_MS = 15_000;
const MINE = () => t("我的位置", "my place");
let offers = [];
let active = -1;

const input = () => document.getElementById("start");
const form = () => document.getElementById("from");
const list = () => document.getElementById("offers");

/** Ask for the list from a place; sorted by nearness, the first rows first. */
export function startAt(label, lon, lat, { rough = false } = {}) {
  return go(addressOf(form(), (fields) => {
    fields.delete("sort");
    fields.delete("was");
    fields.set("start", label);
    fields.set("lon", lon.toFixed(6));
    fields.set("lat", lat.toFixed(6));
    fields.delete("rough");
    if (rough) fields.set("rough", "true");
  }));
}

function close() {
  list()?.remove();
  active = -1;
  input()?.setAttribute("aria-expanded", "false");
  input()?.removeAttribute("aria-activedescendant");
}

function pick(offer) {
  input().value = offer.label;
  close();
  startAt(offer.label, offer.lon, offer.lat, { rough: offer.is_vague });
}

function point(to) {
  active = (to + offers.length) % offers.length;
  offers.forEach((_, i) => document.getElementById(`offer-${i}`).setAttribute("aria-selected", String(i === active)));
  input().setAttribute("aria-activedescendant", `offer-${active}`);
  document.getElementById(`offer-${active}`).scrollIntoView({ block: "nearest" });
}

/** What is offered only shares characters with what was typed, or there is nothing. */
const noneSuch = () => (offers.length
  ? t(`没有找到「${input().value.trim()}」，名字相近的有：`, `“${input().value.trim()}” was not found; names that are alike:`)
  : t(`没有找到「${input().value.trim()}」，换个写法试试（可用拼音、旧名）`, `“${input().value.trim()}” was not found; try another spelling`));

function draw() {
  list()?.remove();
  const made = el("ul", { class: "offers", role: "listbox", id: "offers", "aria-label": t("可能的出发地", "Possible starts") });
  put(made,
    offers.every((offer) => offer.is_alike) && el("li", { class: "offer-none", role: "option", "aria-disabled": "true", "aria-selected": "false" }, noneSuch()),
    offers.map((offer, i) => el("li", { role: "option", id: `offer-${i}`, "aria-selected": "false", onpointerdown: (event) => { event.preventDefault(); pick(offer); } },
      el("strong", {}, offer.label), el("span", {}, [t(offer.detail_zh, offer.detail_en), t(offer.about_zh, offer.about_en) ?? t(offer.how_zh, offer.how_en)].filter(Boolean).join(" · ")))));
  input().parentElement.append(made);
  input().setAttribute("aria-expanded", "true");
}

const look = soon(async () => {
  const text = input()?.value.trim();
  if (!text) return close();
  try {
    const answer = await fetch(`${page.root}/api/elder-care/starts?${new URLSearchParams({ q: text, limit: 6 })}`);
    if (!answer.ok || input()?.value.trim() !== text || document.activeElement !== input()) return undefined;
    offers = (await answer.json()).starts;
    return draw();
  } catch {
    return tell(OFFLINE(), { seen: true, isProblem: true });
  }
}, 180);

function onKey(event) {
  if (event.target !== input()) return;
  const isOpen = Boolean(list()) && offers.length;
  if (event.key === "Escape") close();
  else if (isOpen && event.key === "ArrowDown") { event.preventDefault(); point(active + 1); }
  else if (isOpen && event.key === "ArrowUp") { event.preventDefault(); point(active - 1); }
  else if (isOpen && event.key === "Enter" && active >= 0) { event.preventDefault(); pick(offers[active]); }
}

/** The reader's own place: asked of the phone only now, rounded to some ten metres. */
function useMine() {
  if (!navigator.geolocation || !isSecureContext) {
    tell(t("这台设备不能提供位置，请输入小区或路名。", "This device cannot tell its place; please type an estate or a road."), { seen: true, isProblem: true });
    return;
  }
  tell(t("正在取得位置…", "Finding your place…"), { seen: true });
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => startAt(MINE(), Math.round(coords.longitude * 1e4) / 1e4, Math.round(coords.latitude * 1e4) / 1e4),
    (problem) => tell(problem.code === 1
      ? t("您没有同意使用位置。可以输入小区或路名。", "You did not allow the use of your place. You can type an estate or a road.")
      : t("没有取得位置，请输入小区或路名。", "Your place could not be found; please type an estate or a road."), { seen: true, isProblem: true }),
    { timeout: LONGEST_MS, maximumAge: 60_000 },
  );
}

function dress() {
  const field = input();
  if (!field) return;
  for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": "offers", "aria-autocomplete": "list" })) field.setAttribute(name, value);
}

export function startFrom() {
  dress();
  document.addEventListener("atlas:listed", dress);
  document.addEventListener("input", (event) => event.target === input() && (input().value.trim() ? look() : close()));
  document.addEventListener("keydown", onKey);
  document.addEventListener("submit", close, true);
  document.addEventListener("focusout", (event) => event.target === input() && setTimeout(close, 150));
  document.addEventListener("click", (event) => event.target.closest("#mine") && useMine());
}

export const isMine = (label) => ["我的位置", "my place"].includes(label);
