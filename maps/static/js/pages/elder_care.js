// Where are homes, day care and canteens, which fit me, and which is nearest?

import "atlas/shell.js";
import { ask, askAll, sorry } from "atlas/api.js";
import { openMap, map, layer, mark, show, showPoint, isInView, drawGround, nearby, drawLegend, drawSources } from "atlas/board.js";
import { card } from "atlas/card.js";
import { byId, el, put, soon, tell } from "atlas/dom.js";
import { isNearby, knownOn } from "atlas/facilities.js";
import { badge, sign } from "atlas/marks.js";
import { page, kinds, groups, kindsOf, isSaved } from "atlas/page.js";
import { drawPlaceNames } from "atlas/place_names.js";
import { drawRows, foldedOnPhone, isPhone, pageOf, pagesOf, PAGE_SIZE, select, tick } from "atlas/rows.js";
import { searchBox } from "atlas/search_box.js";
import { choose, chosen, chosenNumber, isChosen } from "atlas/state.js";
import { count, day, isKnown, kindName, known, metres, t, word } from "atlas/words.js";
import { summary } from "atlas/summary.js";

const L = globalThis.L;
const ELDER_GROUPS = ["elder_home", "community", "meal"];
const NEAREST = 20;
const STATES = ["open", "paused", "planned", "under_construction"];

let isEmpty = false; // not a single facility of the city may be shown
let found = []; // what passes the filters
let rows = []; // of these: what the map shows, in the list's order
let at = 0; // page of the list
let open = chosen("place") || null;
const clusters = map && L.markerClusterGroup({
  showCoverageOnHover: false, maxClusterRadius: 46, spiderfyOnMaxZoom: true, animate: false,
  iconCreateFunction: (cluster) => L.divIcon({
    className: "cluster", iconSize: [38, 38],
    html: badge(count(cluster.getChildCount()), t("处，点按放大", " facilities, activate to zoom in")),
  }),
});

const wanted = () => (chosen("kind") || ELDER_GROUPS.join(",")).split(",").flatMap(kindsOf);
const start = () => (isKnown(chosen("from")) ? chosen("from").split(",").map(Number) : null);
const now = () => {
  const parts = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short", timeStyle: "short" }).format(new Date());
  return parts.replace(" ", "T");
};

/** The filters as the API's parameters. */
function question() {
  return {
    kind: wanted(),
    state: isChosen("all_states") ? STATES : null,
    within: chosen("within") || page.city.code,
    care_level: chosen("care_level"),
    max_price: chosenNumber("max_price"),
    with_free_beds: isChosen("with_free_beds"),
    with_medical: isChosen("with_medical"),
    barrier_free: isChosen("barrier_free"),
    fire_state: isChosen("fire_ok") ? "passed" : null,
    open_at: isChosen("open_now") ? now() : null,
    q: chosen("q"),
    on: chosen("on"),
  };
}

/** Kinds in the address that this page does not know. */
const strange = () => chosen("kind").split(",").filter((code) => code && code !== "none" && !kindsOf(code).length);

/** Has the city no facility at all that may be shown, whatever the filters? */
async function hasNone() {
  const any = await ask("/facilities", { within: page.city.code, state: STATES, limit: 1 }, "any").catch(() => null);
  return any !== null && !any.features.length;
}

async function refresh() {
  if (strange().length && !wanted().length) {
    found = rows = [];
    drawNumbers();
    tell("");
    put(byId("results"), el("p", { class: "problem", role: "alert" }, t(`设施种类「${strange().join("、")}」不认识，请在上面选择。`, `The kind “${strange().join(", ")}” is not known: choose one above.`)));
    return;
  }
  tell(t("正在查询…", "Looking…"));
  try {
    const from = start();
    const answer = from
      ? await ask("/facilities/nearest", { ...question(), within: chosen("within"), lon: from[0], lat: from[1], limit: NEAREST }, "facilities")
      : await askAll("/facilities", question(), "facilities");
    if (!answer) return;
    found = answer.features.map((one) => knownOn(one, chosen("on")));
    isEmpty = !found.length && await hasNone();
    at = 0;
    drawStart(from);
    if (from && found.length) show(boxOf([from, ...found.map((one) => one.geometry.coordinates)]));
    drawMarks();
    follow();
    drawCounts();
  } catch (problem) {
    tell("");
    put(byId("results"), sorry(problem));
  }
}

const boxOf = (points) => points.reduce(([w, s, e, n], [x, y]) => [Math.min(w, x), Math.min(s, y), Math.max(e, x), Math.max(n, y)], [Infinity, Infinity, -Infinity, -Infinity]);

/** The list follows the map: it holds what the map shows, and nothing else. */
function follow() {
  rows = start() ? found : found.filter((one) => isInView(one.geometry.coordinates));
  at = Math.min(at, pagesOf(rows) - 1);
  const place = rows.findIndex((one) => one.properties.code === open);
  if (place >= 0) at = Math.floor(place / PAGE_SIZE);
  drawList();
  drawNumbers();
}

function drawList() {
  const outside = found.length - rows.length;
  tell(start()
    ? t(`最近的 ${count(rows.length)} 处，按直线距离排列`, `The ${count(rows.length)} nearest, by straight-line distance`)
    : t(`地图范围内 ${count(rows.length)} 处${outside ? `，范围外 ${count(outside)} 处` : ""}`, `${count(rows.length)} on the map${outside ? `, ${count(outside)} outside it` : ""}`));
  drawRows(byId("results"), rows, at, {
    draw: row,
    turn: (to) => { at = to; open = null; drawList(); drawNumbers(); byId("panel-body").scrollTop = 0; },
    empty: found.length
      ? t("地图范围内没有。请缩小地图，或点「全部」。", "None on this part of the map. Zoom out.")
      : isEmpty
        ? t("本市还没有公开的设施。未公开的数据不显示；公开请在导入时加 --secrecy public。", "No facility of this city is public yet. What is not public is not shown; to publish, import with --secrecy public.")
        : t("没有符合全部条件的设施。请放宽一个条件。", "Nothing fits all conditions. Loosen one of them."),
    unit: t(" 处", ""),
  });
}

function row(feature, number) {
  const p = feature.properties;
  const isOpen = p.code === open;
  const id = `card-${number}`;
  return [
    el("button", { type: "button", class: "row", "aria-expanded": String(isOpen), "aria-controls": id, "data-code": p.code, onclick: () => openCard(isOpen ? null : p.code, feature) },
      sign(p.kinds[0], { number, size: 36, isHollow: isNearby(p) }),
      el("span", { class: "row-text" },
        el("span", { class: "row-name" }, p.name),
        el("span", { class: "row-note" }, [p.kinds.map(kindName).join(t("、", ", ")), p.state === "open" ? null : word("state", p.state)].filter(Boolean).join(" · ")),
        el("span", { class: "row-note" }, summary(p).join(" · ")),
        el("span", { class: "row-note row-address" }, p.address ?? ""),
        el("span", { class: "row-print" }, `${t("电话：", "Phone: ")}${known(p.phone)} · ${known(p.address)}`)),
      el("span", { class: "row-end" },
        isKnown(p.distance_m) && el("span", { class: "distance" }, el("span", { class: "small" }, t("直线", "straight")), " ", metres(p.distance_m)),
        p.is_synthetic && el("span", { class: "synthetic" }, t("合成", "synthetic")))),
    el("div", { id, class: "card-place", hidden: !isOpen }, isOpen && card(p)),
  ];
}

/** Open one facility in the list and on the map; null closes it. */
function openCard(code, feature = null) {
  open = code;
  choose({ place: code });
  if (feature && !isInView(feature.geometry.coordinates)) showPoint(feature.geometry.coordinates);
  follow();
  const button = document.querySelector(`[data-code="${CSS.escape(code ?? "")}"]`);
  button?.scrollIntoView({ block: "nearest" });
}

function onMark(feature) {
  return () => {
    openCard(feature.properties.code, feature);
    document.querySelector(`[data-code="${CSS.escape(feature.properties.code)}"]`)?.focus({ preventScroll: true });
  };
}

/** Everything that passes the filters lies in clusters; the list's page lies above with numbers. */
function drawMarks() {
  if (!map) return;
  layer("facilities").clearLayers().addLayer(clusters);
}

function drawNumbers() {
  if (!map) return;
  const numbered = layer("numbers").clearLayers();
  const first = at * PAGE_SIZE + 1;
  const onPage = pageOf(rows, at);
  const codes = new Set(onPage.map((one) => one.properties.code));
  onPage.forEach((one, i) => numbered.addLayer(mark(one.geometry.coordinates, sign(one.properties.kinds[0], { number: first + i, size: 36, isHollow: isNearby(one.properties) }), {
    name: `${first + i} ${one.properties.name}`, size: 36, pane: "numbers", onclick: onMark(one),
    className: one.properties.code === open ? "mark is-open" : "mark",
  })));
  clusters.clearLayers();
  clusters.addLayers(rows.filter((one) => !codes.has(one.properties.code)).map((one) =>
    mark(one.geometry.coordinates, sign(one.properties.kinds.find((kind) => wanted().includes(kind)) ?? one.properties.kinds[0], { isHollow: one.properties.state !== "open" || isNearby(one.properties) }), {
      name: one.properties.name, onclick: onMark(one), inList: true,
    })));
}

function drawStart(from) {
  const group = layer("start");
  group?.clearLayers();
  byId("start").hidden = !from;
  if (!from) return;
  put(byId("start-name"), chosen("from_name") || t("地图上点选的位置", "the point chosen on the map"));
  group?.addLayer(mark(from, el("span", { class: "start-mark" }), { size: 22, pane: "numbers", className: "mark start" }));
}

function setStart(point, name = null) {
  open = null;
  choose({ from: point ? point.map((one) => one.toFixed(6)).join(",") : null, from_name: point ? name : null, place: null });
  refresh();
}

function drawCounts() {
  const counts = new Map();
  for (const one of found) for (const kind of one.properties.kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const shown = [...kinds.keys()].filter((kind) => counts.has(kind) && wanted().includes(kind));
  drawLegend(t("图例（处）", "Legend (number)"), shown.map((kind) => [sign(kind, { size: 24 }), kindName(kind), count(counts.get(kind))]),
    t("一处兼有几类的，各类都计；圆圈中的数字是聚在一起的处数；虚线边的位置近似或未营业。", "A site of several kinds counts under each. A number in a circle: sites lying close together. Dashed edge: position approximate, or not open."));
  const made = found.filter((one) => one.properties.is_synthetic).length;
  const dates = found.map((one) => one.properties.source_date).filter(Boolean).sort();
  drawSources([
    `${t("来源：", "Source: ")}${[...new Set(found.map((one) => one.properties.source).filter(Boolean))].slice(0, 3).join(t("、", ", ")) || t("未知", "unknown")}`,
    dates.length ? `${t("数据日期", "Data of")} ${day(dates[0])}${dates[0] === dates.at(-1) ? "" : `–${day(dates.at(-1))}`}` : null,
    made ? t(`其中合成 ${count(made)} 处`, `${count(made)} of them synthetic`) : null,
  ]);
}

async function offers(text) {
  const [places, named] = await Promise.all([
    ask("/places", { q: text, limit: 5 }, "search-places").catch(() => null),
    ask("/facilities", { ...question(), kind: null, q: text, limit: 6 }, "search-facilities").catch(() => null),
  ]);
  return [
    ...(named?.features ?? []).map((one) => ({
      title: one.properties.name, note: one.properties.kinds.map(kindName).join(t("、", ", ")),
      pick: () => {
        const missing = one.properties.kinds.some((kind) => wanted().includes(kind)) ? {} : { kind: one.properties.kinds[0] };
        choose({ ...missing, from: null, from_name: null, place: one.properties.code });
        open = one.properties.code;
        showPoint(one.geometry.coordinates);
        drawControls();
        refresh().then(() => openCard(one.properties.code, one));
      },
    })),
    ...(places?.features ?? []).filter(({ properties: p, geometry }) => geometry?.type === "Point" && ["surveyed", "point", "approximate"].includes(p.position_quality)).map(({ properties: p, geometry }) => ({
      title: p.name, note: [p.in_unit_name, t("以此为起点", "start from here"), p.position_quality === "approximate" ? word("quality", p.position_quality) : null].filter(isKnown).join(" · "),
      pick: () => setStart(geometry.coordinates, p.name),
    })),
  ];
}

function drawControls() {
  const picked = new Set(wanted());
  const set = (choices) => { choose(choices); open = null; drawControls(); refresh(); };
  const setKinds = (codes) => set({ kind: [...codes].join(",") || "none" });
  const toggle = (codes, isOn) => {
    const next = new Set(picked);
    codes.forEach((code) => (isOn ? next.add(code) : next.delete(code)));
    if (next.size) setKinds(next);
    else drawControls(); // at least one kind stays
  };
  const counted = ["within", "care_level", "max_price", "with_free_beds", "with_medical", "barrier_free", "fire_ok", "open_now", "all_states", "q"].filter((name) => chosen(name)).length;
  put(byId("controls"),
    searchBox({
      label: t("查找小区、地名或机构", "Find a place or a facility"), hint: t("输入机构、地名、拼音或旧名", "Facility, place, pinyin or old name"),
      find: offers, onsubmit: (text) => set({ q: text }), onclear: () => chosen("q") && set({ q: null }), initial: chosen("q"),
    }),
    el("p", { class: "from", id: "start", hidden: true }, t("起点：", "From: "), el("strong", { id: "start-name" }), " ",
      el("button", { type: "button", class: "plain", onclick: () => setStart(null) }, t("清除", "Clear"))),
    foldedOnPhone("fold-all", counted ? t(`筛选（已选 ${counted} 项）`, `Filters (${counted} set)`) : t("筛选", "Filters"), false,
    el("div", { class: "chips", role: "group", "aria-label": t("设施种类", "Kinds of facility") }, page.groups.map((group) => {
      const members = kindsOf(group.code);
      const isOn = members.every((code) => picked.has(code));
      return el("button", { type: "button", class: "chip", "aria-pressed": isOn ? "true" : members.some((code) => picked.has(code)) ? "mixed" : "false", onclick: () => toggle(members, !isOn) },
        sign(members[0], { size: 22 }), t(group.zh, group.en));
    })),
    el("details", { class: "fold", id: "fold-kinds", open: byId("fold-kinds")?.open },
      el("summary", {}, t(`细分种类（${picked.size}/${kinds.size}）`, `Single kinds (${picked.size}/${kinds.size})`)),
      el("div", { class: "kinds" }, page.kinds.map((kind) => el("label", { class: "tick" },
        el("input", { type: "checkbox", checked: picked.has(kind.code), onchange: (event) => toggle([kind.code], event.target.checked) }),
        sign(kind.code, { size: 22 }), el("span", {}, t(kind.zh, kind.en)))))),
    el("details", { class: "fold", id: "fold-filters", open: byId("fold-filters")?.open ?? (counted > 0 || isPhone.matches) },
      el("summary", {}, counted ? t(`筛选（已选 ${counted} 项）`, `Filters (${counted} set)`) : t("筛选", "Filters")),
      el("div", { class: "filters" },
        select(t("区", "District"), [["", t("全市", "Whole city")], ...districts.map((one) => [one.properties.code, one.properties.name])], chosen("within"), (code) => set({ within: code })),
        select(t("照护等级", "Care level"), [["", t("不限", "Any")], ...["independent", "partial", "full", "dementia"].map((code) => [code, word("care", code)])], chosen("care_level"), (code) => set({ care_level: code })),
        select(t("价格上限（元）", "Price at most (yuan)"), [["", t("不限", "Any")], ...[10, 15, 2000, 3000, 4000, 6000].map((one) => [String(one), count(one)])], chosen("max_price"), (code) => set({ max_price: code })),
        tick(t("有空床", "Free beds"), isChosen("with_free_beds"), (isOn) => set({ with_free_beds: isOn })),
        tick(t("医养结合", "Medical care"), isChosen("with_medical"), (isOn) => set({ with_medical: isOn })),
        tick(t("无障碍（坡道和电梯）", "Barrier-free (ramp and lift)"), isChosen("barrier_free"), (isOn) => set({ barrier_free: isOn })),
        tick(t("消防达标", "Fire safety passed"), isChosen("fire_ok"), (isOn) => set({ fire_ok: isOn })),
        tick(t("现在营业", "Open now"), isChosen("open_now"), (isOn) => set({ open_now: isOn })),
        tick(t("含筹建、在建、暂停", "Also planned, in building, paused"), isChosen("all_states"), (isOn) => set({ all_states: isOn })),
        el("p", { class: "hint" }, t("未填报的项目为未知，不算符合条件。", "What is not reported is unknown and does not pass a filter.")),
        counted > 0 && el("button", { type: "button", class: "plain", onclick: () => set({ within: null, care_level: null, max_price: null, with_free_beds: null, with_medical: null, barrier_free: null, fire_ok: null, open_now: null, all_states: null, q: null }) }, t("清除筛选", "Clear filters")))),
    el("div", { class: "actions" },
      map && el("button", { type: "button", onclick: () => { const { lat, lng } = map.getCenter(); setStart([lng, lat], t("地图中心", "the map's centre")); } }, t("找地图中心最近的", "Nearest to the map's centre")),
      map && el("button", { type: "button", onclick: () => ground && show(ground) }, t("全部", "Whole city")),
      el("button", { type: "button", onclick: () => window.print() }, t("打印", "Print"))),
    map && el("p", { class: "hint" }, t("在地图上点一下，列出离那里最近的。", "Click the map to list what is nearest to that point."))));
  drawStart(start());
}

let districts = [];
let ground = null;

async function begin() {
  const units = await ask("/units", { level: 3, on: chosen("on") }).catch(() => null);
  districts = (units?.features ?? []).filter((one) => one.properties.parent_code === page.city.code);
  ground = drawGround(districts, { around: nearby(units?.features ?? [], districts) }) ?? page.bounds;
  openMap(ground);
  drawPlaceNames(ground ?? undefined);
  map?.on("click", ({ latlng }) => setStart([latlng.lng, latlng.lat]));
  map?.on("moveend", soon(() => !start() && follow(), 120));
  drawControls();
  await refresh();
  if (open) openCard(open, found.find((one) => one.properties.code === open) ?? null);
}

begin();
