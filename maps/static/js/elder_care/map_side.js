// What does the map show? The numbers of the list, all that fits besides, gathered by the service.

import { drawGround, drawSources, isInView, layer, map, mark, nearby, openMap, show, showPoint, viewBox } from "atlas/board.js";
import { el, put, soon } from "atlas/dom.js";
import { startAt } from "atlas/elder_care/from.js";
import { keepView, linkedView } from "atlas/elder_care/map_view.js";
import { page, t, tell, OFFLINE } from "atlas/elder_care/say.js";
import { spread } from "atlas/elder_care/spread.js";
import { drawPlaceNames } from "atlas/place_names.js";
import { badge, sign } from "atlas/marks.js";
import { colourOf } from "atlas/page.js";
import { kindName } from "atlas/words.js";

const CELL_PX = 72;
const cards = () => [...document.querySelectorAll(".cards > .card")];
const at = (card) => [Number(card.dataset.lon), Number(card.dataset.lat)];
/** Where distances are measured from, as the list says it. */
const start = () => {
  const { lon, lat } = document.getElementById("found").dataset;
  return lon ? [Number(lon), Number(lat)] : null;
};
const chosen = () => new URLSearchParams(location.search);
let asked = null;
let said = ""; // the question that the map shows or waits for

function peek(...content) {
  document.getElementById("peek")?.remove();
  if (!content.length) return;
  const shut = el("button", { type: "button", class: "act", onclick: () => peek() }, t("关闭", "Close"));
  const box = el("section", { class: "peek", id: "peek", tabindex: "-1", "aria-label": t("所选", "Chosen") }, content, el("p", { class: "form-acts" }, shut));
  document.querySelector(".map-frame").append(box);
  box.focus();
}

/** A tap on a number: its card comes into view beside the map, or is told in short above it. */
function onNumber(card) {
  cards().forEach((one) => one.classList.toggle("is-here", one === card));
  if (!document.body.classList.contains("mapped")) {
    card.scrollIntoView({ block: "center" });
    card.querySelector("h3 a").focus({ preventScroll: true });
    return;
  }
  const toList = () => { peek(); document.dispatchEvent(new CustomEvent("atlas:to-list")); card.scrollIntoView({ block: "center" }); card.querySelector("h3 a").focus({ preventScroll: true }); };
  peek(el("p", {}, el("strong", {}, `${card.dataset.number} ${card.dataset.name}`)), el("p", {}, card.querySelector(".way")?.textContent ?? ""),
    el("p", { class: "form-acts" }, el("button", { type: "button", class: "act main", onclick: toList }, t("看它的信息", "See its card"))));
}

let numbered = [];

function drawNumbers() {
  numbered = cards().map((card) => {
    const name = `${card.dataset.number} ${card.dataset.name}`;
    return { at: at(card), made: mark(at(card), el("span", { class: "hollow" in card.dataset ? "num hollow" : "num", style: `--kind:${colourOf(card.dataset.kind)}` }, card.dataset.number), { name, size: 44, pane: "numbers", onclick: () => onNumber(card) }) };
  });
  layer("numbers").clearLayers();
  numbered.forEach(({ made }) => layer("numbers").addLayer(made));
  partNumbers();
}

/** Marks that would cover one another stand beside their places, each with a line to its own. */
function standApart(marks, group, fixed = []) {
  const apart = document.documentElement.classList.contains("large") ? 44 : 38;
  const places = marks.map(({ at: [lon, lat] }) => map.project([lat, lon]));
  spread(places, apart, fixed.map(({ made }) => map.project(made.getLatLng()))).forEach(({ x, y }, i) => {
    const { at: [lon, lat], made } = marks[i];
    const isMoved = Math.hypot(x - places[i].x, y - places[i].y) > 2;
    const spot = isMoved ? map.unproject([x, y]) : [lat, lon];
    made.setLatLng(spot);
    if (!isMoved) return;
    group.addLayer(globalThis.L.polyline([[lat, lon], spot], { pane: "lines", className: "lead", interactive: false }));
    group.addLayer(globalThis.L.circleMarker([lat, lon], { pane: "lines", radius: 3.5, className: "lead-dot", interactive: false }));
  });
}

const leads = globalThis.L.layerGroup();

function partNumbers() {
  leads.clearLayers().addTo(layer("numbers"));
  standApart(numbered, leads);
}

function drawStart() {
  const group = layer("start").clearLayers();
  const from = start();
  if (!from) return;
  group.addLayer(mark(from, el("span", { class: "start-mark" }), { size: 24, pane: "numbers", name: t("起点", "start") }));
}

const circle = (one) => mark([one.lon, one.lat], badge(one.count > 999 ? "999+" : String(one.count), t("处，点按放大", " places, activate to zoom in")), { size: 44, name: t(`${one.count} 处`, `${one.count} places`), inList: true, onclick: () => map.setView([one.lat, one.lon], Math.min(18, map.getZoom() + 2)) });
const lone = (one) => mark([one.lon, one.lat], el("span", { class: "lone" }, sign(one.kind, {})), { size: 44, name: one.name, inList: true, onclick: () => onOther(one) });

/** All that fits in the view, close ones as one circle with their number. */
async function drawOthers() {
  const query = chosen();
  if (query.has("within_min")) { asked?.abort(); said = ""; layer("others").clearLayers(); return; } // then the list holds them all
  for (const name of ["large", "pick", "offset", "part"]) query.delete(name);
  query.set("without", cards().map((one) => one.dataset.code).join(","));
  query.set("bbox", viewBox().map((one) => one.toFixed(5)).join(","));
  query.set("cell", (CELL_PX * 360 / (256 * 2 ** map.getZoom())).toPrecision(5));
  if (said === `${query}`) return;
  said = `${query}`;
  asked?.abort();
  const mine = (asked = new AbortController());
  let found;
  try {
    const answer = await fetch(`${page.path}/marks?${query}`, { signal: mine.signal });
    if (!answer.ok) { said = ""; return; }
    found = await answer.json();
  } catch (problem) {
    if (problem.name !== "AbortError") { said = ""; tell(OFFLINE()); }
    return;
  }
  const group = layer("others").clearLayers();
  const others = found.marks.map((one) => ({ at: [one.lon, one.lat], made: one.count > 1 ? circle(one) : lone(one) }));
  others.forEach(({ made }) => group.addLayer(made));
  standApart(others, group, numbered);
  put(document.getElementById("map-told"), t(`编号与名单一致；图上另有 ${found.found} 处符合`, `Numbers as in the list; ${found.found} more on the map fit`));
}

/** Once the view rests: bringing a list into view moves the map, and both ask for the same. */
const look = soon(drawOthers, 150);

function onOther(one) {
  const to = new URL(`${page.path}/facility/${encodeURIComponent(one.code)}${location.search}`, location.href);
  peek(el("p", {}, el("strong", {}, one.name)), el("p", {}, [kindName(one.kind), one.is_synthetic ? t("合成数据", "synthetic") : null].filter(Boolean).join(" · ")),
    el("p", { class: "form-acts" }, el("a", { class: "act main", href: to.href }, t("看它的信息", "See all about it"))));
}

/** A tap on the ground offers it as the start; a slip of the finger changes nothing. */
function onGround({ latlng }) {
  const name = t("地图上的一点", "a point on the map");
  peek(el("p", {}, el("strong", {}, t("从这里出发？", "Start from here?"))),
    el("p", { class: "form-acts" }, el("button", { type: "button", class: "act main", onclick: () => { peek(); startAt(name, latlng.lng, latlng.lat); } }, t("从这里找", "Find from here"))));
}

const boxOf = (points) => points.reduce(([w, s, e, n], [x, y]) => [Math.min(w, x), Math.min(s, y), Math.max(e, x), Math.max(n, y)], [Infinity, Infinity, -Infinity, -Infinity]);

/** A list came: its numbers, the start, and the view of the link, or one that holds both. */
function follow() {
  showAll();
  drawNumbers();
  drawStart();
  look();
}

function showAll() {
  const linked = linkedView();
  if (linked) { map.setView(linked.centre, linked.zoom, { animate: false }); return; }
  const points = [...cards().map(at), ...(start() ? [start()] : [])];
  if (points.length > 1) show(boxOf(points), { animate: false });
  else if (points.length) showPoint(points[0]);
}

function drawNotices() {
  const legal = document.querySelector(".foot .legal").cloneNode(true);
  put(document.getElementById("notices"), [...legal.childNodes], el("span", { id: "map-told" }), el("span", { id: "sources" }));
}

async function districts() {
  const answer = await fetch(`${page.root}/api/units?level=3`);
  return (await answer.json()).features;
}

export async function drawMap() {
  drawNotices();
  openMap(page.bounds, { isKeeper: false });
  const units = await districts();
  const own = units.filter((one) => one.properties.parent_code === page.city.code);
  drawGround(own, { around: nearby(units, own) });
  drawSources([]);
  map.on("click", onGround);
  map.on("moveend", look);
  map.on("zoomend", partNumbers);
  keepView();
  document.addEventListener("atlas:listed", follow);
  document.addEventListener("focusin", (event) => {
    const card = event.target.closest?.(".cards > .card");
    if (card && !document.body.classList.contains("mapped") && !isInView(at(card))) showPoint(at(card), map.getZoom());
  });
  follow();
  drawPlaceNames(viewBox());
}
