// Where do boundary lines run and meet, how long are they, and on what do they rest?

import { ask } from "atlas/api.js";
import { drawLabels, drawLegend, drawSources, layer, map, show, showPoint } from "atlas/board.js";
import { byId, el, put, tell } from "atlas/dom.js";
import { extent } from "atlas/geodesy.js";
import { page } from "atlas/page.js";
import { choice } from "atlas/rows.js";
import { asQuery, choose, chosen } from "atlas/state.js";
import { clearMap, districts } from "atlas/survey/ground.js";
import { lineFacts, measured, sidesOf } from "atlas/survey/line_facts.js";
import { drawJunctions, drawLines, gradeOf, junctionSign, lineSign } from "atlas/survey/line_map.js";
import { CAUTION, gradeName, GRADES } from "atlas/survey/words.js";
import { count, day, isKnown, t } from "atlas/words.js";

const FILES = { gpkg: "GeoPackage", gpx: "GPX", kml: "KML", xlsx: "Excel", dxf: "DXF" };
let lines = [];
let met = [];
let told = {};
let open = null;
let point = null;

const level = () => Number(chosen("level") || 3);

async function load() {
  const asked = { within: page.city.code, level: level(), on: chosen("on") };
  const [found, junctions] = await Promise.all([
    ask("/survey/lines", asked, "lines"),
    ask("/survey/trijunctions", { ...asked, level: 3 }, "junctions").catch(() => ({ features: [], missing: [] })),
  ]);
  if (!found || !junctions) return;
  [lines, met, told] = [found.features, level() === 3 ? junctions.features : [], { ...found, missing: junctions.missing }];
  lines.sort((a, b) => gradeOf(a.properties) - gradeOf(b.properties) || b.properties.length_m - a.properties.length_m);
  const derived = lines.filter((one) => one.properties.is_derived).length;
  tell(t(`界线 ${count(lines.length)} 条，其中示意线 ${count(derived)} 条${level() === 3 ? `；三交点 ${count(met.length)} 个` : ""}`, `${count(lines.length)} lines, ${count(derived)} of them sketches${level() === 3 ? `; ${count(met.length)} junctions` : ""}`));
  draw();
}

function pick(code) {
  [open, point] = [open === code ? null : code, null];
  choose({ line: open });
  draw();
  const box = extent(lines.find((one) => one.properties.code === open)?.geometry ?? null);
  if (box) show(box, { maxZoom: 12 });
  document.querySelector(`[data-code="${CSS.escape(open ?? "")}"]`)?.scrollIntoView({ block: "nearest" });
}

function pickPoint(at) {
  [point, open] = [point === at ? null : at, null];
  const fold = byId("junction-list");
  if (fold) fold.open = true;
  draw();
  if (point !== null && met[point].geometry) showPoint(met[point].geometry.coordinates, 11);
  document.querySelector(`[data-point="${point}"]`)?.scrollIntoView({ block: "nearest" });
}

function draw() {
  drawLines(lines, open, pick);
  drawJunctions(met, point, pickPoint);
  if (map) {
    const names = layer("units").clearLayers();
    drawLabels(names, districts().filter((one) => one.geometry), (one) => one.properties.name);
  }
  const grades = Object.keys(GRADES).map(Number).map((grade) => [grade, lines.filter((one) => gradeOf(one.properties) === grade)]).filter(([, those]) => those.length);
  drawLegend(t("图例（条、个）", "Legend (number)"), [
    ...grades.map(([grade, those]) => [lineSign(grade), those.every((one) => one.properties.is_derived) ? t(`${gradeName(grade)}（示意线）`, `${gradeName(grade)} (sketch)`) : gradeName(grade), count(those.length)]),
    ...["trijunction", "quadripoint", "touch"].map((kind) => [kind, met.filter((one) => one.properties.kind === kind)]).filter(([, those]) => those.length)
      .map(([kind, those]) => [junctionSign(kind), { trijunction: t("三交点（推导）", "Tri-junction (derived)"), quadripoint: t("四交点，请核对", "Four sides: to be checked"), touch: t("自相接点", "Self-touching point") }[kind], count(those.length)]),
  ], CAUTION);
  const dates = lines.map((one) => one.properties.source_date).filter(isKnown).sort();
  drawSources([lines.length > 0 && `${t("界线：", "Lines: ")}${[...new Set(lines.map((one) => one.properties.source).filter(isKnown))][0] ?? t("来源未知", "source unknown")}${dates.length ? `，${day(dates.at(-1))}` : ""}`]);
  drawList(grades);
}

function drawList(grades) {
  put(byId("results"),
    el("p", { class: "hint" }, told.geometry_note ? t("没有审图号，公开模式不提供图形；列表内容完整。", "Without an approval number no shapes are served in public; the list is complete.") : CAUTION),
    !lines.length && el("p", { class: "empty" }, t("这一级没有登记的界线。可运行 ./atlas survey lines --store 由区划图形推导示意线。", "No line of this level is on record. ./atlas survey lines --store derives sketches from outlines.")),
    grades.map(([grade, those]) => [
      el("h2", { class: "with-sign" }, lineSign(grade), ` ${gradeName(grade)}（${count(those.length)}）`),
      el("ul", { class: "rows" }, those.map((one) => el("li", {}, row(one.properties)))),
    ]),
    met.length > 0 && el("details", { class: "fold", id: "junction-list", open: point !== null || byId("junction-list")?.open },
      el("summary", {}, t(`三交点（${count(met.length)}）`, `Junctions (${count(met.length)})`)),
      el("ul", { class: "rows folded" }, met.map((one, at) => el("li", {}, junctionRow(one, at))))),
    told.missing?.length > 0 && el("p", { class: "hint" }, t(`无图形、因而缺界线的单位：${told.missing.join("、")}`, `Without an outline, so without lines: ${told.missing.join(", ")}`)),
    lines.length > 0 && files());
}

function row(p) {
  return [
    el("button", { type: "button", class: "row", "aria-expanded": String(p.code === open), "data-code": p.code, onclick: () => pick(p.code) },
      el("span", { class: "row-text" }, el("span", { class: "row-name" }, p.label), el("span", { class: "row-note" }, [sidesOf(p), p.is_derived && t(null, "sketch")].filter(Boolean).join(" · "))),
      el("span", { class: "row-end" }, el("span", { class: "tight" }, measured(p.length_m)), p.is_synthetic && el("span", { class: "synthetic" }, t("合成", "synthetic")))),
    p.code === open && el("div", { class: "card-place" }, lineFacts(p)),
  ];
}

const junctionRow = ({ properties: p }, at) => el("button", { type: "button", class: "row", "aria-pressed": String(at === point), "data-point": at, onclick: () => pickPoint(at) },
  junctionSign(p.kind), el("span", { class: "row-text" },
    el("span", {}, p.names.map((name) => name ?? t("对侧未知", "unknown side")).join(" · ")),
    p.kind !== "trijunction" && el("span", { class: "row-note" }, p.kind_zh)));

const files = () => el("div", { class: "downloads" },
  el("h2", {}, t("下载（公开属性）", "Files (public attributes)")),
  el("p", { class: "files" }, Object.entries(FILES).map(([ending, name]) => el("a", { class: "plain", href: `${page.root}/api/survey/lines.${ending}?${asQuery({ city: page.city.code.slice(0, 6), level: level() }, ["on"])}`, download: true }, name))),
  el("p", { class: "hint" }, t("每条都带有依据、来源、日期、是否推导和量算值；DXF 为 CGCS2000 三度带平面坐标，图内写明带号。", "Each line carries basis, source, day, whether it is derived, and its measured length; DXF is in metres of the CGCS2000 3° zone that it names.")));

function drawControls() {
  put(byId("question"), choice(t("级别", "Level"), [[2, t("市级界线", "Between cities")], [3, t("县级及以上", "Between counties")]], level(), (code) => {
    choose({ level: code === 3 ? null : code, line: null });
    [open, point] = [null, null];
    drawControls();
    load();
  }));
}

/** Open this view; answers what undoes it. */
export async function openView() {
  [open, point] = [chosen("line") || null, null];
  drawControls();
  await load();
  return () => clearMap(["lines", "junctions", "units"]);
}
