// What is this place called, what was it called, and which names are on the lists?

import "atlas/shell.js";
import { ask, sorry } from "atlas/api.js";
import { openMap, map, layer, mark, show, showPoint, shape, fits, drawGround, nearby, drawLegend, drawSources } from "atlas/board.js";
import { patch } from "atlas/classes.js";
import { byId, el, put, tell, soon } from "atlas/dom.js";
import { extent, labelPoint } from "atlas/geodesy.js";
import { nameCard } from "atlas/name_card.js";
import { page } from "atlas/page.js";
import { choice, drawRows, foldedOnPhone, pageOf, PAGE_SIZE, pagesOf, select } from "atlas/rows.js";
import { searchBox } from "atlas/search_box.js";
import { choose, chosen, chosenNumber } from "atlas/state.js";
import { count, isKnown, known, metres, t, word } from "atlas/words.js";

const THIS_YEAR = new Date().getFullYear();
const EXACT = ["surveyed", "point"];
const DRAWABLE = [...EXACT, "approximate"];

let units = new Map(); // code → feature
let listed = []; // entries of the lists
let rows = []; // what the list shows: {code, name, …, point, quality, unit}
let mode = "listed"; // listed, found (search) or near (a point)
let at = 0;
let open = chosen("place") || null;
let about = null;
let division = null; // a sentence: to which division the point belonged in the year asked

const FIRST_YEAR = 1980; // the record of divisions begins here
const year = () => chosenNumber("year");
const point = () => (isKnown(chosen("near")) ? chosen("near").split(",").map(Number) : null);

/** Entries, hits and near names in one form. */
const fromListed = ({ properties: p, geometry }) => ({
  code: p.code, name: p.name, pinyin: p.pinyin, point: geometry?.type === "Point" ? geometry.coordinates : null,
  quality: p.position_quality, unit: p.position_unit, unitName: p.position_unit_name,
  notes: [p.aliases?.length ? t(`又名 ${p.aliases.join("、")}`, `also ${p.aliases.join(", ")}`) : null,
    `${word("family", p.family)}${isKnown(p.list_class) ? ` · ${p.list_class}` : ""}`, `${p.list_name}${isKnown(p.batch) ? ` · ${p.batch}` : ""}`],
  attribution: p.attribution,
});
const fromPlace = (place, geometry, notes, extra = {}) => ({
  code: place.code, name: place.name, pinyin: place.pinyin,
  // A division has a point for its label only: it is drawn as the outline that it is.
  point: geometry?.type === "Point" && DRAWABLE.includes(place.position_quality) ? geometry.coordinates : null,
  quality: place.position_quality, unit: place.unit_code ?? place.position_unit ?? place.in_unit_code, isUnit: isKnown(place.unit_code) && !DRAWABLE.includes(place.position_quality), unitName: place.in_unit_name,
  notes, attribution: place.attribution, ...extra,
});

async function refresh() {
  tell(t("正在查询…", "Looking…"));
  try {
    const text = chosen("q");
    if (text) await search(text);
    else if (point()) await near();
    else await lists();
    at = 0;
    draw();
    if (mode === "near" && rows.length) show(boxAround([point(), ...rows.slice(0, 5).map((row) => row.point).filter(Boolean)]));
    if (open) learn(open);
  } catch (problem) {
    rows = [];
    draw();
    tell("");
    put(byId("results"), sorry(problem));
  }
}

async function search(text) {
  mode = "found";
  const found = await ask("/places", { q: text, limit: 30, family: chosen("family"), on: chosen("on") }, "places");
  if (!found) return;
  rows = found.features.map(({ properties: hit, geometry }) => {
    const as = hit.matched_name !== hit.name ? t(`按「${hit.matched_name}」（${word("name", hit.matched_kind)}）找到`, `found as “${hit.matched_name}” (${word("name", hit.matched_kind)})`) : null;
    return fromPlace(hit, geometry, [as, t(hit.how_zh, hit.how_en), word("feature", hit.feature_class)]);
  });
  tell(t(`找到 ${count(rows.length)} 个`, `${count(rows.length)} found`));
}

async function near() {
  mode = "near";
  const [lon, lat] = point();
  const [found, there] = await Promise.all([
    ask("/places/near", { lon, lat, year: year(), limit: 20 }, "near"), isKnown(year()) ? divisionThen(lon, lat) : null,
  ]);
  if (!found) return;
  division = there;
  rows = found.features.map(({ properties: one, geometry }) => {
    const then = one.in_year;
    const extra = { distance: one.distance_m, isCertain: !isKnown(year()) || then?.verdict === "certain" };
    if (!then || !extra.isCertain) {
      // Today's name: a name of unknown years is told beside it, never as that year's.
      const other = then && then.name !== one.name ? t(`另有${word("name", then.kind)} ${then.name}，年代不全`, `also ${word("name", then.kind)} ${then.name}, of unknown years`) : null;
      return fromPlace(one, geometry, [other], extra);
    }
    return fromPlace({ ...one, name: then.name, pinyin: then.pinyin }, geometry,
      [then.name !== one.name ? t(`今名 ${one.name}`, `now ${one.name}`) : null, word("name", then.kind), t("有据", "certain")], extra);
  });
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
  const units = (found?.features ?? []).map(({ properties: p }) => p);
  const names = units.map((p) => p.name).join(" · ");
  const isLater = units.some((p) => p.outline_is_later);
  return t(`${year()} 年此处属：${names || "不详"}${isLater ? "（按今天的图形，当年是否如此未知）" : ""}`,
    `In ${year()} this was in: ${names || "unknown"}${isLater ? " (by today's outline; not known to hold then)" : ""}`);
}

async function lists() {
  mode = "listed";
  const found = await ask("/places/heritage", { family: chosen("family"), within: page.city.code }, "heritage");
  if (!found) return;
  listed = found.features;
  const shown = listed.filter(({ properties: p }) => !chosen("class") || p.list_class === chosen("class"));
  rows = shown.map(fromListed);
  drawControls();
  tell(t(`名录地名 ${count(rows.length)} 个`, `${count(rows.length)} names on lists`));
}

async function learn(code) {
  about = null;
  try {
    const found = await ask(`/places/${encodeURIComponent(code)}`, { year: year() }, "card");
    if (open !== code || !found) return;
    about = { place: found.place ?? found, called: found.called ?? null, year: found.year };
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
    const box = extent(units.get(row.unit)?.geometry ?? null);
    if (box) show(box);
  }
  learn(open);
  document.querySelector(`[data-code="${CSS.escape(row.code)}"]`)?.scrollIntoView({ block: "nearest" });
}

function draw() {
  drawList();
  drawMap();
}

function drawList() {
  const first = rows.findIndex((row) => row.isCertain === false);
  put(byId("results"), mode === "near" && division && el("p", { class: "headline", id: "division" }, division), el("div", { id: "names-list" }));
  drawRows(byId("names-list"), rows, at, {
    draw: (row, number) => {
      const isOpen = row.code === open;
      return [
        mode === "near" && isKnown(year()) && number === Math.max(first, at * PAGE_SIZE) + 1 && row.isCertain === false && el("h2", {}, t("今名，该年是否已用不详", "Today's names, not known to be in use then")),
        el("button", { type: "button", class: "row", "aria-expanded": String(isOpen), "data-code": row.code, onclick: () => pick(row) },
          el("span", { class: `number${EXACT.includes(row.quality) && row.point ? "" : " hollow"}` }, number),
          el("span", { class: "row-text" },
            el("span", { class: "row-name" }, row.name, " ", el("span", { class: "row-note", lang: "zh-Latn" }, row.pinyin ?? "")),
            el("span", { class: "row-note" }, row.notes.filter(isKnown).join(" · ")),
            el("span", { class: "row-note" }, [row.unitName, row.isUnit ? (units.has(row.unit) ? t("政区（画轮廓）", "division (outline)") : t("政区（无图形，仅列表）", "division (no outline, listed only)")) : word("quality", row.quality)].filter(isKnown).join(" · "))),
          el("span", { class: "row-end" }, isKnown(row.distance) && el("span", { class: "distance" }, metres(row.distance)))),
        isOpen && el("div", { class: "card-place" }, about ? (about.problem ? sorry(about.problem) : nameCard(about)) : el("p", { class: "hint" }, t("正在查询…", "Looking…"))),
      ];
    },
    turn: (to) => { at = to; draw(); byId("panel-body").scrollTop = 0; },
    empty: mode === "listed" && !listed.length && !chosen("family") ? t("本市名录尚未收录，可搜索地名。", "The lists of this city are not included yet; you can search for names.") : mode === "near" && isKnown(year()) ? t("没有记载。可能是年代未录，不等于当时无名。", "Nothing recorded; that does not mean that it had no name.") : t("没有找到。", "Nothing found."),
  });
}

/** A known position is a filled mark; an approximate one hollow; a division only is its outline. */
function drawMap() {
  if (!map) return;
  const [places, vague, asked] = ["places", "vague", "asked"].map((code) => layer(code).clearLayers());
  const onPage = pageOf(rows, at);
  const byUnit = new Map();
  onPage.forEach((row, i) => {
    const number = at * PAGE_SIZE + i + 1;
    if (row.point) {
      const isExact = EXACT.includes(row.quality);
      places.addLayer(mark(row.point, el("span", { class: `ring ${isExact ? "solid" : "hollow"}` }, number), {
        size: 28, pane: "numbers", name: `${number} ${row.name} (${word("quality", row.quality)})`, onclick: () => pick(row),
        className: row.code === open ? "mark is-open" : "mark",
      }));
    } else if (units.has(row.unit)) {
      const key = `${row.unit} ${row.isUnit ? "itself" : "somewhere"}`;
      byUnit.set(key, [...(byUnit.get(key) ?? []), { row, number }]);
    }
  });
  for (const those of byUnit.values()) {
    const { unit: code, isUnit } = those[0].row;
    const unit = units.get(code);
    vague.addLayer(shape([unit], () => ({ className: "vague", pane: "areas", interactive: false })));
    const box = extent(unit.geometry); // a whole city's words stand at its north, off its districts'
    const spot = unit.properties.level <= 2 && !isUnit ? [(box[0] + box[2]) / 2, box[3]] : labelPoint(unit.geometry);
    if (spot) vague.addLayer(mark(spot, el("span", { class: "within-box" }, isUnit ? `${unit.properties.name}${t("：", ": ")}` : fits(unit.geometry, [170, 40]) ? t(`${unit.properties.name}内，位置不详：`, `somewhere in ${unit.properties.name}: `) : t(`${unit.properties.short_name ?? unit.properties.name}内：`, `in ${unit.properties.name}: `), ranges(those.map((one) => one.number))), { size: 0, pane: "labels", className: "label" }));
  }
  if (point() && mode === "near") asked.addLayer(mark(point(), el("span", { class: "start-mark" }), { size: 22, pane: "numbers" }));
  const counted = (test) => count(onPage.filter(test).length); // what is drawn: this page of the list
  const isBare = (row) => !row.point && !units.has(row.unit);
  drawLegend(t("图例（个）", "Legend (number)"), [
    [el("span", { class: "ring solid key" }), t("位置已知", "Position known"), counted((row) => row.point && EXACT.includes(row.quality))],
    [el("span", { class: "ring hollow key" }), t("位置近似", "Position approximate"), counted((row) => row.point && !EXACT.includes(row.quality))],
    [patch("#f7eef0", "#8f2436", "5 4"), t("仅知所在政区（画轮廓）", "Known to a division only (outline)"), counted((row) => !row.point && !isBare(row))],
    onPage.some(isBare) && [patch("#fff", "#7c8b94", "1 3"), t("仅列表：乡镇无图形", "Listed only: no outline of the township"), counted(isBare)],
  ].filter(Boolean), pagesOf(rows) > 1 ? t("图上是列表的这一页。", "The map shows this page of the list.") : null);
  drawSources([...new Set(rows.map((row) => row.attribution).filter(isKnown))].slice(0, 3).concat(mode === "listed" ? [t("名录来源见各条", "lists: see each entry")] : []));
}

const boxAround = (points) => points.reduce(([w, s, e, n], [x, y]) => [Math.min(w, x), Math.min(s, y), Math.max(e, x), Math.max(n, y)], [Infinity, Infinity, -Infinity, -Infinity]);

/** 1, 2, 3, 7 → 「1–3、7」. */
function ranges(numbers) {
  const runs = [];
  for (const number of numbers) {
    if (runs.at(-1)?.[1] === number - 1) runs.at(-1)[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([from, to]) => (from === to ? from : `${from}–${to}`)).join(t("、", ", "));
}

async function offers(text) {
  const found = await ask("/places", { q: text, limit: 8, on: chosen("on") }, "offers").catch(() => null);
  return (found?.features ?? []).map(({ properties: hit }) => {
    const note = [hit.matched_name !== hit.name ? hit.matched_name : null, t(hit.how_zh, hit.how_en), hit.in_unit_name];
    return { title: hit.name, note: note.filter(isKnown).join(" · "), pick: () => look({ q: hit.name, place: hit.code }) };
  });
}

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

function drawControls() {
  const classes = [...new Set(listed.map((one) => one.properties.list_class).filter(isKnown))];
  put(byId("controls"),
    searchBox({
      label: t("查找地名", "Find a place name"), hint: t("汉字、拼音、首字母、旧名", "Characters, pinyin, initials, old names"),
      find: offers, onsubmit: (text) => look({ q: text }), onclear: () => chosen("q") && look({}), initial: chosen("q"),
    }),
    foldedOnPhone("fold-all", t("名录与年份", "Lists and year"), false, choice(t("名录", "Lists"), [["", t("全部", "All")], ["heritage", t("地名文化遗产", "Heritage")], ["red", t("红色地名", "Red names")]], chosen("family"), (family) => look({ family, class: null })),
    classes.length > 0 && mode === "listed" && select(t("类别", "Class"), [["", t("全部类别", "All classes")], ...classes.map((one) => [one, one])], chosen("class"), (one) => look({ class: one })),
    el("div", { class: "pair" },
      el("label", { class: "field" }, el("span", {}, t("某年叫什么（留空为今天）", "Called what in year (empty: today)")),
        el("input", { type: "number", min: -5000, max: THIS_YEAR, value: year() ?? "", placeholder: t("如 1930", "e.g. 1930"), onchange: (event) => { if (!event.target.reportValidity()) return; choose({ year: event.target.value }); about = null; refresh(); } })),
      map && el("div", { class: "actions", style: "align-items:end" },
        el("button", { type: "button", onclick: () => { const { lat, lng } = map.getCenter(); look({ near: `${lng.toFixed(6)},${lat.toFixed(6)}` }); } }, t("问地图中心", "Ask at the map's centre")))),
    el("p", { class: "hint" }, t("在地图上点一下：此处（某年）叫什么。", "Click the map: what is (or was) this called?"))),
    (chosen("q") || point()) && el("button", { type: "button", class: "plain", onclick: () => look({}) }, t("回到名录", "Back to the lists")));
}

async function begin() {
  const found = await Promise.all([2, 3].map((one) => ask("/units", { level: one, on: chosen("on") }).catch(() => null)));
  const all = found.flatMap((one) => one?.features ?? []).filter((one) => one.geometry);
  units = new Map(all.map((one) => [one.properties.code, one]));
  const own = all.filter(({ properties: p }) => p.parent_code === page.city.code && p.level === 3);
  openMap(drawGround(own, { around: nearby(all.filter((one) => one.properties.level === 3), own) }));
  map?.on("click", soon(({ latlng }) => look({ near: `${latlng.lng.toFixed(6)},${latlng.lat.toFixed(6)}` }), 10));
  drawControls();
  await refresh();
}

begin();
