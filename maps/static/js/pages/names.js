// What is this place called, what was it called, and which names are on the lists?

import "atlas/shell.js";
import { ask, sorry } from "atlas/api.js";
import { drawGround, map, nearby, openMap, show, showPoint, viewBox } from "atlas/board.js";
import { byId, el, put, soon, tell } from "atlas/dom.js";
import { extent } from "atlas/geodesy.js";
import { nameCard } from "atlas/name_card.js";
import { drawFilters, THIS_YEAR, year } from "atlas/names/filters.js";
import { EXACT, fromHit, fromListed, fromNear } from "atlas/names/forms.js";
import { drawPlaces } from "atlas/names/places_map.js";
import { isSaved, page } from "atlas/page.js";
import { drawRows, pageOf, PAGE_SIZE, pagesOf } from "atlas/rows.js";
import { choose, chosen, isChosen } from "atlas/state.js";
import { count, isKnown, metres, t, word } from "atlas/words.js";

let units = new Map(); // code → feature
let districts = [];
let listed = []; // entries of the lists
let rows = []; // what the list shows: {code, name, …, point, quality, unit}
let mode = "listed"; // listed, found (search) or near (a point)
let at = 0;
let open = chosen("place") || null;
let about = null;
let division = null; // a sentence: to which division the point belonged in the year asked

const FIRST_YEAR = 1980; // the record of divisions begins here
const point = () => (isKnown(chosen("near")) ? chosen("near").split(",").map(Number) : null);
const box = () => (isChosen("here") && map ? viewBox() : null);

/** The day that a search asks about: the last of the year, where divisions are on record for it. */
function dayAsked() {
  if (!isKnown(year()) || year() < 1 || year() >= THIS_YEAR) return chosen("on");
  return chosen("in") && year() < FIRST_YEAR ? chosen("on") : `${String(year()).padStart(4, "0")}-12-31`;
}

let turn = 0; // which question is the newest

async function refresh() {
  const mine = (turn += 1);
  tell(t("正在查询…", "Looking…"));
  try {
    const text = chosen("q");
    const take = text ? await search(text) : point() ? await near() : await lists();
    if (!take || mine !== turn) return;
    take();
    at = 0;
    draw();
    if (mode === "near" && rows.length) show(boxAround([point(), ...rows.slice(0, 5).map((row) => row.point).filter(Boolean)]));
    if (open) learn(open);
  } catch (problem) {
    if (mine !== turn) return;
    rows = [];
    draw();
    tell("");
    put(byId("results"), sorry(problem));
  }
}

/** Each kind of question answers what takes its answer over, null where a newer one cancelled it. */
async function search(text) {
  const filters = isSaved ? {} : { feature_class: chosen("fclass"), within: chosen("in"), list_level: chosen("level"), in_use: isChosen("use"), bbox: box()?.map((degrees) => degrees.toFixed(5)) };
  const found = await ask("/places", { q: text, limit: 50, family: chosen("family"), on: dayAsked(), ...filters }, "places");
  return found && (() => {
    mode = "found";
    rows = found.features.map(fromHit);
    if (isSaved) rows = rows.filter(inFilters(found.features));
    tell(t(`找到 ${count(rows.length)} 个`, `${count(rows.length)} found`));
  });
}

/** A saved file filters by itself. */
const inFilters = (features) => (row, i) => !chosen("fclass") || features[i].properties.feature_class === chosen("fclass");

async function near() {
  const [lon, lat] = point();
  const [found, there] = await Promise.all([
    ask("/places/near", { lon, lat, year: year(), limit: 20 }, "near"), isKnown(year()) ? divisionThen(lon, lat) : null,
  ]);
  return found && (() => takeNear(found, there));
}

function takeNear(found, there) {
  mode = "near";
  division = there;
  rows = found.features.filter(({ properties: p }) => !chosen("fclass") || p.feature_class === chosen("fclass")).map((one) => fromNear(one, year()));
  if (isKnown(year())) rows = [...rows.filter((row) => row.isCertain), ...rows.filter((row) => !row.isCertain)];
  const certain = rows.filter((row) => row.isCertain).length;
  tell(isKnown(year())
    ? t(`${year()} 年此处附近有据的地名 ${count(certain)} 个，另有今名 ${count(rows.length - certain)} 个，近的在前`, `Names near here certain for ${year()}: ${count(certain)}; ${count(rows.length - certain)} of today, nearest first`)
    : t(`此处附近今天的地名：${count(rows.length)} 个，近的在前`, `Names near here today: ${count(rows.length)}, nearest first`));
}

/** 「1990 年此处属：常州市 · 天宁区」, or 不详 where no record of the year reaches the point. */
async function divisionThen(lon, lat) {
  const asked = year() === THIS_YEAR ? chosen("on") : `${year()}-12-31`;
  const found = year() < FIRST_YEAR || year() > THIS_YEAR ? null : await ask("/units/at", { lon, lat, on: asked }, "at").catch(() => null);
  const held = (found?.features ?? []).map(({ properties: p }) => p);
  const names = held.map((p) => p.name).join(" · ");
  const isLater = held.some((p) => p.outline_is_later);
  return t(`${year()} 年此处属：${names || "不详"}${isLater ? "（按今天的图形，当年是否如此未知）" : ""}`,
    `In ${year()} this was in: ${names || "unknown"}${isLater ? " (by today's outline; not known to hold then)" : ""}`);
}

async function lists() {
  const found = await ask("/places/heritage", { family: chosen("family"), within: chosen("in") || page.city.code }, "heritage");
  return found && (() => takeLists(found));
}

function takeLists(found) {
  mode = "listed";
  listed = found.features;
  const [only, inBox] = [(name, key) => ({ properties: p }) => !chosen(name) || p[key] === chosen(name), box()];
  const isHere = ({ geometry }) => !inBox || (geometry?.type === "Point" && geometry.coordinates[0] >= inBox[0] && geometry.coordinates[0] <= inBox[2] && geometry.coordinates[1] >= inBox[1] && geometry.coordinates[1] <= inBox[3]);
  rows = listed.filter(only("class", "list_class")).filter(only("fclass", "feature_class")).filter(only("level", "list_level")).filter(isHere).map(fromListed);
  drawControls();
  const anyYear = isKnown(year()) ? t(`；名录不分年代，要看 ${year()} 年请搜索或点地图`, `; lists are of no year: search or tap the map for ${year()}`) : "";
  tell(t(`名录地名 ${count(rows.length)} 个`, `${count(rows.length)} names on lists`) + anyYear);
}

async function learn(code) {
  about = null;
  const life = isSaved ? null : ask(`/names/${encodeURIComponent(code)}/life`, {}, "life").catch(() => null);
  try {
    const found = await ask(`/places/${encodeURIComponent(code)}`, { year: year() }, "card");
    if (open !== code || !found) return;
    about = { place: found.place ?? found, called: found.called ?? null, year: found.year, life: await life };
    if (open !== code) return;
  } catch (problem) {
    about = { problem };
  }
  drawList();
}

function pick(row) {
  open = open === row.code ? null : row.code;
  about = null;
  choose({ place: open });
  draw();
  if (!open) return;
  if (row.point) showPoint(row.point, 12);
  else {
    const outline = extent(units.get(row.unit)?.geometry ?? null);
    if (outline) show(outline);
  }
  learn(open);
  document.querySelector(`[data-code="${CSS.escape(row.code)}"]`)?.scrollIntoView({ block: "nearest" });
}

function draw() {
  drawList();
  drawPlaces({
    rows, onPage: pageOf(rows, at), first: at * PAGE_SIZE + 1, units, open, point: mode === "near" ? point() : null, isListed: mode === "listed", pick, hasMore: pagesOf(rows) > 1,
  });
}

const EMPTY = {
  listed: () => (!listed.length && !chosen("family") && !chosen("in") ? t("本市名录尚未收录，可搜索地名。", "The lists of this city are not included yet; you can search for names.") : t("没有找到。", "Nothing found.")),
  near: () => (isKnown(year()) ? t("没有记载。可能是年代未录，不等于当时无名。", "Nothing recorded; that does not mean that it had no name.") : t("没有找到。", "Nothing found.")),
  found: () => (["fclass", "in", "level", "use", "here", "family"].some((name) => chosen(name)) ? t("没有找到；可去掉一些筛选条件再试。", "Nothing found; try with fewer filters.") : t("没有找到；可换用拼音、旧名或少打几个字。", "Nothing found; try pinyin, an old name or fewer characters.")),
};

function drawList() {
  const first = rows.findIndex((row) => row.isCertain === false);
  put(byId("results"), mode === "near" && division && el("p", { class: "headline", id: "division" }, division), el("div", { id: "names-list" }));
  drawRows(byId("names-list"), rows, at, {
    draw: (row, number) => [
      mode === "near" && isKnown(year()) && number === Math.max(first, at * PAGE_SIZE) + 1 && row.isCertain === false && el("h2", {}, t("今名，该年是否已用不详", "Today's names, not known to be in use then")),
      rowButton(row, number),
      row.code === open && el("div", { class: "card-place" }, about ? (about.problem ? sorry(about.problem) : nameCard(about)) : el("p", { class: "hint" }, t("正在查询…", "Looking…"))),
    ],
    turn: (to) => { at = to; draw(); byId("panel-body").scrollTop = 0; },
    empty: EMPTY[mode](),
  });
}

function rowButton(row, number) {
  const unit = row.isUnit ? (units.has(row.unit) ? t("政区（画轮廓）", "division (outline)") : t("政区（无图形，仅列表）", "division (no outline, listed only)")) : word("quality", row.quality);
  return el("button", { type: "button", class: "row", "aria-expanded": String(row.code === open), "data-code": row.code, onclick: () => pick(row) },
    el("span", { class: `number${EXACT.includes(row.quality) && row.point ? "" : " hollow"}` }, number),
    el("span", { class: "row-text" },
      el("span", { class: "row-name" }, row.name, " ", el("span", { class: "row-note", lang: "zh-Latn" }, row.pinyin ?? ""), row.isSynthetic && el("span", { class: "synthetic" }, t("合成", "synthetic"))),
      row.reason && el("span", { class: "row-note reason-note" }, row.reason),
      el("span", { class: "row-note" }, row.notes.filter(isKnown).join(" · ")),
      el("span", { class: "row-note" }, [row.unitName, unit].filter(isKnown).join(" · "))),
    el("span", { class: "row-end" }, isKnown(row.distance) && el("span", { class: "distance" }, metres(row.distance))));
}

const boxAround = (points) => points.reduce(([w, s, e, n], [x, y]) => [Math.min(w, x), Math.min(s, y), Math.max(e, x), Math.max(n, y)], [Infinity, Infinity, -Infinity, -Infinity]);

/** Another question: text, point or the lists; what was open is closed. */
function look(choices) {
  choose({ q: null, near: null, place: null, ...choices });
  open = choices.place ?? null;
  about = null;
  drawControls();
  refresh().then(() => {
    const row = rows.find((one) => one.code === open);
    if (row?.point) showPoint(row.point, 12);
  });
}

/** The same question under other conditions. */
function refine(choices) {
  choose(choices);
  about = null;
  const focused = document.activeElement?.getAttribute("aria-label");
  drawControls();
  if (focused) document.querySelector(`#controls [aria-label="${CSS.escape(focused)}"]`)?.focus();
  refresh();
}

function drawControls() {
  const classes = [...new Set(listed.map((one) => one.properties.list_class).filter(isKnown))];
  drawFilters({ classes, isListed: mode === "listed", look, refine, districts, point: point() });
}

async function begin() {
  const found = await Promise.all([2, 3].map((one) => ask("/units", { level: one, on: chosen("on") }).catch(() => null)));
  const all = found.flatMap((one) => one?.features ?? []).filter((one) => one.geometry);
  units = new Map(all.map((one) => [one.properties.code, one]));
  districts = all.filter(({ properties: p }) => p.parent_code === page.city.code && p.level === 3);
  openMap(drawGround(districts, { around: nearby(all.filter((one) => one.properties.level === 3), districts) }));
  map?.on("click", soon(({ latlng }) => look({ near: `${latlng.lng.toFixed(6)},${latlng.lat.toFixed(6)}` }), 10));
  map?.on("moveend", soon(() => isChosen("here") && mode !== "near" && !open && refresh(), 400));
  drawControls();
  await refresh();
}

begin();
