// How many elders are within reach of a kind of facility, where are the gaps, what is missing?

import "atlas/shell.js";
import { ask, askAll, sorry } from "atlas/api.js";
import { openMap, map, layer, mark, show, shape, drawGround, drawLabels, drawLegend, drawSources, apart, fits, nearby } from "atlas/board.js";
import { CLASSES, UNKNOWN, classOf, defineHatch, patch } from "atlas/classes.js";
import { byId, el, put, tell } from "atlas/dom.js";
import { extent, labelPoint } from "atlas/geodesy.js";
import { sign } from "atlas/marks.js";
import { drawMissing } from "atlas/missing.js";
import { data, isSaved, page, kindsOf } from "atlas/page.js";
import { drawPlaceNames } from "atlas/place_names.js";
import { choice, drawRows, pageOf, PAGE_SIZE, select, tick } from "atlas/rows.js";
import { choose, chosen, chosenNumber } from "atlas/state.js";
import { count, day, isKnown, kindName, known, metres, percent, squareKm, t, unknown } from "atlas/words.js";

const L = globalThis.L;
const RADII = [300, 500, 1000];
const AREAS = { district: t("区县", "Districts"), zone: t("片区", "Zones"), township: t("乡镇街道", "Townships") };
const STATUS = {
  no_geometry: t("无图形,不能计算", "no outline: cannot be measured"), no_cells: t("无人口数据", "no data on people"),
  no_record: t("当日尚无记录", "nothing on record on that day"), partial: t("部分未知", "partly unknown"),
};

let coverage = null;
let gaps = null;
let open = chosen("area") || null; // code of an area, or `gap-7`
let at = 0;

// A saved file offers the questions that it holds.
const held = isSaved ? (data.coverage ?? []).map((run) => run.summary) : null;
const offered = (name, all) => (held ? all.filter((one) => held.some((question) => String(question[name]) === String(one))) : all);

const now = () => ({
  kind: chosen("kind") || held?.[0]?.kind || "canteen",
  areas: chosen("areas") || held?.[0]?.areas || "district",
  radius_m: chosenNumber("radius_m") ?? held?.[0]?.radius_m ?? 500,
  across_border: held?.[0] ? String(held[0].across_border) : chosen("across_border") || "true",
});
const age = () => chosen("age") || "60";
const within = () => chosen("within");
const isShown = ({ properties: p }) => !within() || p.area_code === within() || p.parent_code === within()
  || districtOf.get(p.area_code) === within();

const districtOf = new Map(); // zone or township → its district
let districts = [];

async function refresh() {
  tell(t("正在计算…", "Computing…"));
  const question = { ...now(), city: page.city.code, on: chosen("on") };
  try {
    const [found, lacks] = await Promise.all([
      ask("/access/coverage", question, "coverage"),
      ask("/access/gaps", { ...question, limit: 100 }, "gaps"),
    ]);
    if (!found) return isSaved && tell(t("此文件不含这一组合。", "This file does not hold this combination."), true);
    [coverage, gaps] = [found, lacks ?? { features: [] }];
    at = 0;
    draw();
    tell(t("已更新", "Up to date"));
  } catch (problem) {
    tell("");
    put(byId("results"), sorry(problem));
  }
  return undefined;
}

function draw() {
  drawAreas();
  drawGaps();
  drawResults();
  drawKey();
}

const share = ({ properties: p }) => p[`share_${age()}`];

function drawAreas() {
  if (!map) return;
  const group = layer("areas").clearLayers();
  const shown = coverage.features.filter(isShown);
  const style = (one) => ({
    className: `area${isKnown(share(one)) ? "" : " is-unknown"}${one.properties.area_code === open ? " is-open" : ""}`,
    fillColor: isKnown(share(one)) ? CLASSES[classOf(share(one))].colour : "url(#unknown)", pane: "areas",
  });
  group.addLayer(shape(shown, style, (one, part) => part.on("click", (event) => { L.DomEvent.stop(event); pick(one.properties.area_code); })));
  labelAreas();
}

let labels = null;
function labelAreas() {
  if (!map || !coverage) return;
  labels?.remove();
  labels = L.layerGroup();
  const isRoomy = ({ geometry }) => geometry && fits(geometry, [52, 30]);
  const name = ({ properties: p, geometry }) => (fits(geometry, [p.area_name.length * 15, 34]) ? p.area_name : "");
  drawLabels(labels, apart(coverage.features.filter((one) => isRoomy(one) && isShown(one))), (one) => [name(one), figure(one.properties, `share_${age()}`, percent)], "value-label");
  layer("areas").addLayer(labels);
}

function drawGaps() {
  if (!map) return;
  const group = layer("gaps").clearLayers();
  const shown = gapsShown();
  group.addLayer(shape(shown, (one) => ({ className: `gap${gapCode(one) === open ? " is-open" : ""}`, pane: "gaps" }),
    (one, part) => part.on("click", (event) => { L.DomEvent.stop(event); pick(gapCode(one)); })));
  pageOf(shown, at).forEach((one) => {
    const point = labelPoint(one.geometry);
    if (point) group.addLayer(mark(point, el("span", { class: "ring", style: "--ring:#b34700" }, one.properties.rank), {
      size: 28, pane: "numbers", name: t(`缺口 ${one.properties.rank}`, `gap ${one.properties.rank}`), onclick: () => pick(gapCode(one)),
    }));
  });
}

const gapCode = (one) => `gap-${one.properties.rank}`;
const gapsShown = () => gaps.features.filter(isShown);

/** Choose an area or a gap: it stands out in the table and on the map. */
function pick(code) {
  open = open === code ? null : code;
  choose({ area: open });
  const gap = gapsShown().findIndex((one) => gapCode(one) === open);
  if (gap >= 0) at = Math.floor(gap / PAGE_SIZE);
  const found = gap >= 0 ? gapsShown()[gap] : coverage.features.find((one) => one.properties.area_code === open);
  draw();
  const box = extent(found?.geometry ?? null);
  if (box) show(box, { maxZoom: 13 });
  document.querySelector(`#results [data-code="${CSS.escape(open ?? "")}"]`)?.scrollIntoView({ block: "nearest" });
}

function drawResults() {
  const sum = total();
  const question = now();
  put(byId("results"),
    el("p", { class: "headline" }, synthetic(), " ",
      t(`${kindName(question.kind)} ${metres(question.radius_m)}内:${age()} 岁以上 `, `${kindName(question.kind)} within ${metres(question.radius_m)}: of `),
      el("strong", {}, sum.say(sum.people)), t(" 人中有 ", ` people aged ${age()}+, `), el("strong", {}, sum.say(sum.covered)),
      t(" 人够得着,占 ", " are within reach: "), el("strong", {}, sum.say(sum.share, percent)), t("。", ".")),
    coverageTable(sum),
    el("h2", {}, t("缺口:够不着的老人,多的在前", "Gaps: elders out of reach, the most first"), " ", synthetic()),
    el("div", { id: "gap-list" }),
    el("h2", {}, t("应有而没有的设施", "Facilities that must be there and are not")),
    el("div", { id: "missing" }),
    method());
  drawGapList();
  drawMissing(byId("missing"), { city: page.city.code, areas: question.areas === "zone" ? "zone" : "township", on: chosen("on") });
}

/** Numbers of real districts on made-up people say so in the title and in every row. */
const synthetic = () => coverage.has_synthetic && el("span", { class: "synthetic" }, t("合成", "synthetic"));

/** The sums of the rows shown: the city's own where everything is shown, so nothing is lost. */
function total() {
  const rows = coverage.features.filter(isShown).map((one) => one.properties);
  const measured = rows.filter((p) => p.status === "measured");
  // What is withheld in one row is withheld in the sum; without any row there is no sum.
  const add = (name) => (measured.length && measured.every((p) => isKnown(p[name])) ? measured.reduce((sum, p) => sum + p[name], 0) : null);
  const whole = within() ? null : coverage.summary?.total;
  const people = whole ? whole[`people_${age()}`] : add(`people_${age()}`);
  const covered = whole ? whole[`covered_${age()}`] : add(`covered_${age()}`);
  const share = people > 0 && isKnown(covered) ? covered / people : null;
  const say = (value, words = count) => (isKnown(value) ? words(value) : people === 0 ? "—" : measured.length ? t("不公布", "withheld") : words(value));
  return { people, covered, share, say };
}

/** A number of an area that was measured is withheld when it is not there: it was too small. */
const figure = (p, name, say = count) => (isKnown(p[name]) || p.status !== "measured" ? say(p[name]) : p[`people_${age()}`] === 0 ? "—" : t("不公布", "withheld"));

function coverageTable(sum) {
  const rows = coverage.features.filter(isShown);
  return el("div", { class: "wide-table", tabindex: "0", role: "region", "aria-label": t("覆盖表", "Coverage table") }, el("table", { class: "figures" },
    el("caption", {}, synthetic(), t(`${age()} 岁以上,人;与地图一致`, `Aged ${age()}+, people; the same as on the map`)),
    el("thead", {}, el("tr", {}, [t("单元", "Area"), t("够得着", "Within reach"), t("总数", "All"), t("占比", "Share")].map((name) => el("th", { scope: "col" }, name)))),
    el("tbody", {}, rows.map((one) => {
      const p = one.properties;
      return el("tr", { class: p.area_code === open ? "is-open" : "", "data-code": p.area_code },
        el("th", { scope: "row" },
          one.geometry ? el("button", { type: "button", onclick: () => pick(p.area_code) }, p.area_name) : p.area_name,
          " ", synthetic(), p.status !== "measured" && el("span", { class: "row-note line" }, STATUS[p.status] ?? p.status_zh ?? "")),
        el("td", {}, figure(p, `covered_${age()}`)), el("td", {}, figure(p, `people_${age()}`)),
        el("td", {}, figure(p, `share_${age()}`, percent), isKnown(share(one)) && el("span", { class: "bar", "aria-hidden": "true" }, el("span", { style: `width:${(share(one) * 100).toFixed(1)}%` }))));
    })),
    el("tfoot", {}, el("tr", {}, el("th", { scope: "row" }, t("合计", "Total")), el("td", {}, sum.say(sum.covered)), el("td", {}, sum.say(sum.people)), el("td", {}, sum.say(sum.share, percent))))));
}

function drawGapList() {
  const shown = gapsShown();
  drawRows(byId("gap-list"), shown, at, {
    draw: (one) => {
      const p = one.properties;
      return el("button", { type: "button", class: "row", "aria-pressed": String(gapCode(one) === open), "data-code": gapCode(one), onclick: () => pick(gapCode(one)) },
        el("span", { class: "number", style: "background:#9a3d00" }, p.rank),
        el("span", { class: "row-text" },
          el("span", { class: "row-name" }, isKnown(p[`people_${age()}`]) ? t(`${count(p[`people_${age()}`])} 人`, `${count(p[`people_${age()}`])} people`) : t("人数少,不公布", "few people: not published")),
          el("span", { class: "row-note" }, p.area_name, " ", synthetic())),
        el("span", { class: "row-end" },
          el("span", {}, squareKm(p.area_m2), " ", el("span", { class: "small" }, t("量算值", "measured"))),
          isKnown(p.nearest_m) && el("span", { class: "small" }, t(`距最近一处平均 ${metres(p.nearest_m)}`, `nearest on average ${metres(p.nearest_m)}`))));
    },
    turn: (to) => { at = to; drawGapList(); drawGaps(); },
    empty: isKnown(gaps.summary?.gap_count) ? t("没有缺口。", "No gap.") : t("缺口未知。", "Gaps are unknown."),
  });
}

const PARTS = { areas: t("单元", "areas"), people: t("人口", "people"), facilities: t("设施", "facilities") };

/** One phrase per source: 「设施:合成数据 2026-11-22(合成)」. */
const sourceLines = () => (coverage.sources ?? []).map((one) =>
  `${PARTS[one.what] ?? one.what}:${known(one.source)}${isKnown(one.source_date) ? ` ${day(one.source_date)}` : ""}${one.is_synthetic ? t("(合成)", " (synthetic)") : ""}`);

function method() {
  return el("div", { class: "source" },
    el("h2", {}, t("方法与来源", "Method and sources")),
    el("p", {}, `${t("方法", "Method")}: ${known(t(coverage.method, coverage.method_en ?? coverage.method))}`),
    el("p", {}, `${t("来源", "Sources")}: ${known(sourceLines().join(t("；", "; ")))}`),
    isKnown(coverage.summary?.facilities) && el("p", {}, t(`计入设施 ${count(coverage.summary.facilities)} 处`, `${count(coverage.summary.facilities)} facilities counted`)),
    coverage.summary?.unplaced?.[`people_${age()}`] > 0 && el("p", {}, t(`另有 ${count(coverage.summary.unplaced[`people_${age()}`])} 人不在任何单元内,未计入。`, `${count(coverage.summary.unplaced[`people_${age()}`])} more people lie in no area and are not counted.`)),
    el("p", {}, `${t("计算时间", "Computed")}: ${isKnown(coverage.computed_at) ? coverage.computed_at.replace("T", " ").slice(0, 16) : unknown()}`),
    coverage.has_synthetic && el("p", {}, el("strong", { class: "synthetic" }, t("合成", "synthetic")), " ", t("人口、设施或片区含合成数据,不是真实情况。", "People, facilities or zones are partly synthetic: not the real situation.")));
}

function drawKey() {
  const rows = coverage.features.filter(isShown);
  const of = (i) => rows.filter((one) => isKnown(share(one)) && classOf(share(one)) === i);
  const missing = rows.filter((one) => !isKnown(share(one)));
  drawLegend(t(`够得着的占比(${age()} 岁以上)`, `Share within reach (aged ${age()}+)`), [
    ...CLASSES.map((one, i) => [patch(one.colour), one.label, t(`${of(i).length} 个`, String(of(i).length))]).reverse(),
    missing.length && [patch(UNKNOWN), t("未知或不公布", "unknown or withheld"), t(`${missing.length} 个`, String(missing.length))],
    [patch("url(#hatch)", "#b34700"), t("缺口(编号同列表)", "Gap (number as in the list)"), t(`${gapsShown().length} 处`, String(gapsShown().length))],
  ].filter(Boolean), coverage.has_synthetic ? t("合成数据", "Synthetic data") : null);
  drawSources([
    `${t("来源", "Source")}: ${known(sourceLines().join(t("；", "; ")))}`,
    `${t("计算", "Computed")} ${day(coverage.computed_at)}`,
    coverage.has_synthetic ? t("含合成数据", "synthetic in part") : null,
  ]);
}

/** The facilities that count, with their reach: only asked for when the reader switches them on. */
async function drawFacilities() {
  const group = layer("facilities");
  if (!map?.hasLayer(group)) return;
  const found = await askAll("/facilities", { kind: kindsOf(now().kind), within: page.city.code, on: chosen("on") }, "facilities").catch(() => null);
  if (!found) return;
  group.clearLayers();
  for (const one of found.features) {
    const [lon, lat] = one.geometry.coordinates;
    group.addLayer(L.circle([lat, lon], { radius: now().radius_m, className: "outline", pane: "gaps", interactive: false }));
    group.addLayer(mark([lon, lat], sign(one.properties.kinds[0], { size: 24 }), { name: one.properties.name, size: 24 }));
  }
}

function drawControls() {
  const question = now();
  const set = (choices) => { choose(choices); open = null; drawControls(); refresh().then(drawFacilities); };
  const redraw = (choices) => { choose(choices); at = 0; drawControls(); if (coverage) draw(); };
  const named = (codes) => offered("kind", codes).map((code) => [code, kindName(code)]);
  const isOwn = !RADII.includes(question.radius_m);
  put(byId("controls"),
    select(t("设施种类", "Kind of facility"), page.groups.map((group) => ({
      group: t(group.zh, group.en),
      options: named([group.code, ...kindsOf(group.code)]).map(([code, name]) => [code, code === group.code ? t(`${name}(合计)`, `${name} (all)`) : name]),
    })).filter((one) => one.options.length), question.kind, (kind) => set({ kind })),
    choice(t("半径", "Radius"), offered("radius_m", RADII).map((one) => [one, metres(one)]), question.radius_m, (radius_m) => set({ radius_m })),
    !held && el("label", { class: "field" }, el("span", {}, t("自定半径(米,1–50000)", "Own radius (m, 1–50,000)")),
      el("input", { type: "number", min: 1, max: 50000, step: 1, value: isOwn ? question.radius_m : "", placeholder: t("如 800", "e.g. 800"), onchange: (event) => { if (event.target.reportValidity() && event.target.value) set({ radius_m: event.target.value }); } })),
    choice(t("统计单元", "Areas"), offered("areas", Object.keys(AREAS)).map((code) => [code, AREAS[code]]), question.areas, (areas) => set({ areas })),
    el("div", { class: "pair" },
      select(t("只看", "Only"), [["", t("全市", "Whole city")], ...districts.map((one) => [one.properties.code, one.properties.name])], within(), (code) => { redraw({ within: code }); focus(code); }),
      select(t("年龄", "Age"), [["60", t("60 岁以上", "60+")], ["65", t("65 岁以上", "65+")], ["80", t("80 岁以上", "80+")]], age(), (one) => redraw({ age: one }))),
    !held && tick(t("界外的设施也算", "Count facilities across the border"), question.across_border === "true", (isOn) => set({ across_border: String(isOn) })));
}

/** Bring a district, or the whole city, into view. */
function focus(code) {
  const box = extent(districts.find((one) => one.properties.code === code)?.geometry ?? null) ?? whole;
  if (box) show(box);
}

let whole = null;

async function begin() {
  defineHatch();
  const [units, zones] = await Promise.all([
    ask("/units", { level: 3, on: chosen("on") }).catch(() => null),
    ask("/zones", { within: page.city.code, on: chosen("on") }).catch(() => null),
  ]);
  districts = (units?.features ?? []).filter((one) => one.properties.parent_code === page.city.code);
  for (const one of [...(zones?.features ?? []), ...districts]) districtOf.set(one.properties.code, one.properties.parent_code);
  whole = drawGround(districts, { around: nearby(units?.features ?? [], districts), labels: false });
  openMap(extent(districts.find((one) => one.properties.code === within())?.geometry ?? null) ?? whole);
  drawPlaceNames(whole ?? undefined);
  map?.on("zoomend", labelAreas);
  map?.on("overlayadd", ({ layer: added }) => added === layer("facilities") && drawFacilities());
  drawControls();
  await refresh();
}

begin();
