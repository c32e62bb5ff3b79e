// How do the stories answer to the choices? The server draws them anew; a saved file sifts its own.

import { byId, el, put, soon, tell } from "atlas/dom.js";
import { isSaved, page } from "atlas/page.js";
import { asQuery, choose, chosen, isChosen } from "atlas/state.js";
import { t } from "atlas/words.js";

export const CHOICES = ["q", "family", "feature_class", "list_level", "list_class", "within", "era", "offset"];
const PARTS = ["eras", "filters", "results"];
let changed = () => {};
let round = 0;

/** Begin to listen; `work` is called whenever other names are meant. */
export function startSheet(work) {
  changed = work;
  byId("old").classList.add("scripted"); // choices act at once: no button is needed
  byId("old").addEventListener("click", (event) => {
    const link = event.target.closest?.("a.era, .pager a, #clear");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(new URL(link.href).searchParams, link.dataset.era);
  });
  byId("old").addEventListener("submit", (event) => {
    event.preventDefault();
    fromForm();
  });
  byId("old").addEventListener("change", (event) => event.target.matches("select") && fromForm());
  byId("old").addEventListener("input", soon((event) => event.target.matches("input[type=search]") && fromForm(), 450));
  byId("old").addEventListener("keydown", walkEras);
  if (isSaved && chosen("era")) sift();
}

/** Left and right walk along the time line, Home and End go to its ends. */
function walkEras(event) {
  const here = event.target.closest?.("a.era");
  if (!here) return;
  const line = [...document.querySelectorAll("a.era")];
  const to = { ArrowRight: line.indexOf(here) + 1, ArrowLeft: line.indexOf(here) - 1, Home: 0, End: line.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  line[Math.min(line.length - 1, Math.max(0, to))].focus();
}

const fromForm = () => go(new URLSearchParams([...new FormData(byId("filters"))].filter(([, value]) => value.trim?.() !== "")));

async function go(query, era = null) {
  if (isSaved) {
    choose({ era: chosen("era") === era ? null : era });
    sift();
    changed();
    return;
  }
  const shown = byId("place-open")?.dataset.code;
  choose(Object.fromEntries(CHOICES.map((name) => [name, query.get(name)])));
  if (shown) choose({ place: null });
  const mine = ++round;
  tell(t("正在翻找…", "Looking…"));
  changed();
  try {
    const response = await fetch(`${location.pathname}?${asQuery()}`, { headers: { Accept: "text/html" } });
    if (!response.ok) throw new Error(String(response.status));
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    if (mine === round) swap(fresh);
  } catch {
    if (mine === round) location.reload();
  }
}

/** Put the new parts in the place of the old ones; whoever has the keyboard keeps it. */
function swap(fresh) {
  const held = document.activeElement;
  const [name, era] = [held?.name, held?.dataset?.era];
  for (const id of PARTS) {
    const part = fresh.getElementById(id);
    if (!part) continue;
    if (id === "filters" && held?.type === "search") part.querySelector("input[type=search]").replaceWith(held);
    byId(id).replaceWith(document.adoptNode(part));
  }
  document.querySelector(".old-foot").replaceWith(document.adoptNode(fresh.querySelector(".old-foot")));
  tell(fresh.getElementById("status").textContent);
  if (held?.type === "search") held.focus();
  else if (name) document.querySelector(`#filters [name="${CSS.escape(name)}"]`)?.focus();
  else if (era) document.querySelector(`a.era[data-era="${CSS.escape(era)}"]`)?.focus();
  if (isChosen("large")) document.documentElement.classList.add("large");
}

/** A saved file holds every card: those of other eras are put away. */
function sift() {
  const era = chosen("era");
  let left = 0;
  for (const section of document.querySelectorAll(".old-era")) {
    section.hidden = Boolean(era) && section.dataset.era !== era;
    if (!section.hidden) left += section.querySelectorAll(".old-card").length;
  }
  for (const link of document.querySelectorAll("a.era")) {
    if (link.dataset.era === era) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  tell(t(`${left} 个地名（一地一计）`, `${left} names, each counted once`));
}

/** Show which name is open: its card in the list, or one above it when the list is elsewhere. */
export function openCard(place, close) {
  for (const card of document.querySelectorAll(".old-card.is-open")) card.classList.remove("is-open");
  put(byId("opened"));
  if (!place) return;
  const own = document.querySelector(`#results .old-card[data-code="${CSS.escape(place.code)}"]`);
  if (own && !own.closest("[hidden]")) {
    own.classList.add("is-open");
    own.scrollIntoView({ block: "nearest", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
    return;
  }
  const lists = place.lists.map((one) => el("li", {}, [one.list_name, one.list_class, one.batch].filter(Boolean).join(" · ")));
  const address = isSaved ? null : `${page.root}/heritage/${encodeURIComponent(place.code)}?${asQuery({}, ["lang", "large", "city"])}`;
  put(byId("opened"), el("article", { class: "old-card is-open", id: "place-open", "data-code": place.code },
    el("h3", {}, address ? el("a", { href: address }, place.name) : place.name, " ", place.pinyin && el("span", { class: "old-pinyin", lang: "zh-Latn" }, place.pinyin),
      el("button", { type: "button", class: "plain old-close", onclick: close }, t("收起", "Close"))),
    place.story ? [el("p", { class: "old-story" }, place.story), el("p", { class: "source" }, t("来源：", "Source: "), place.story_source ?? t("未知", "unknown"))]
      : el("p", { class: "old-story is-unknown" }, t("故事未知", "Story unknown")),
    place.others.length ? el("p", { class: "old-facts" }, t("又见：", "Also: "), place.others.join("、")) : null,
    el("ul", { class: "old-lists" }, lists)));
  byId("opened").scrollIntoView({ block: "nearest" });
}
