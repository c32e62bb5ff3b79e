// Which lines are on record, public or not, on what do they rest, and how do they leave as files?

import { drawLegend, drawSources, map, show } from "atlas/board.js";
import { byId, el, put, tell } from "atlas/dom.js";
import { extent } from "atlas/geodesy.js";
import { page } from "atlas/page.js";
import { choice } from "atlas/rows.js";
import { choose, chosen } from "atlas/state.js";
import { allLines, drawDeskGround, tellProblem } from "atlas/survey/desk.js";
import { saveFile } from "atlas/survey/door.js";
import { clearMap } from "atlas/survey/ground.js";
import { basisOf, lineFacts, measured, sidesOf } from "atlas/survey/line_facts.js";
import { drawLines, gradeOf, lineSign } from "atlas/survey/line_map.js";
import { CAUTION, gradeName, GRADES } from "atlas/survey/words.js";
import { count, day, isKnown, t } from "atlas/words.js";

const FILES = { gpkg: "GeoPackage", gpx: "GPX", kml: "KML", xlsx: "Excel", dxf: "DXF" };
let lines = [];
let open = null;

function pick(code) {
  open = open === code ? null : code;
  choose({ line: open });
  draw();
  const box = extent(lines.find((one) => one.properties.code === open)?.geometry ?? null);
  if (box) show(box, { maxZoom: 12 });
  document.querySelector(`[data-code="${CSS.escape(open ?? "")}"]`)?.scrollIntoView({ block: "nearest" });
}

function draw() {
  drawLines(lines, open, pick);
  const grades = Object.keys(GRADES).map(Number).map((grade) => [grade, lines.filter((one) => gradeOf(one.properties) === grade)]).filter(([, those]) => those.length);
  if (map) drawLegend(t("图例（条）", "Legend (number)"), grades.map(([grade, those]) => [lineSign(grade), gradeName(grade), count(those.length)]), CAUTION);
  put(byId("results"),
    el("p", { class: "hint" }, CAUTION),
    !lines.length && el("p", { class: "empty" }, t("没有登记的界线。用 ./atlas load boundary-lines 导入，或 ./atlas survey lines --store 推导示意线。", "No line is on record. Load some with ./atlas load boundary-lines, or derive sketches with ./atlas survey lines --store.")),
    lines.length > 0 && el("ul", { class: "rows" }, lines.map((one) => el("li", {}, row(one.properties)))),
    el("h2", {}, t("下载（内部资料）", "Files (internal)")),
    el("p", { class: "files" }, Object.entries(FILES).map(([ending, name]) => el("button", { type: "button", class: "plain", onclick: () => save(ending) }, name))),
    el("p", { class: "hint" }, t("含未公开的界线、争议段和界桩坐标，文件内注明「内部资料」。", "Holds lines that are not public, disputed stretches and places of markers; each file says that it is internal.")));
}

const save = (ending) => saveFile(`/register.${ending}?city=${page.city.code}`, `register-${page.city.code.slice(0, 6)}.${ending}`).catch(tellProblem);

const row = (p) => [
  el("button", { type: "button", class: "row", "aria-expanded": String(p.code === open), "data-code": p.code, onclick: () => pick(p.code) },
    lineSign(gradeOf(p)),
    el("span", { class: "row-text" }, el("span", { class: "row-name" }, p.label), el("span", { class: "row-note" }, `${sidesOf(p)} · ${basisOf(p)}`)),
    el("span", { class: "row-end" }, el("span", { class: "tight" }, measured(p.length_m)), p.is_disputed && el("span", { class: "tag strong" }, t("有争议", "disputed")))),
  p.code === open && el("div", { class: "card-place" }, lineFacts(p)),
];

/** Open this view; answers what undoes it. */
export async function openView() {
  open = chosen("line") || null;
  drawControls();
  await load();
  return () => { lines = []; clearMap(["lines", "ground"]); };
}

async function load() {
  const [found, ground] = await Promise.all([allLines(level()), drawDeskGround()]);
  if (!found || !ground) return;
  lines = [...found.features].sort((a, b) => gradeOf(a.properties) - gradeOf(b.properties) || b.properties.length_m - a.properties.length_m);
  const derived = lines.filter((one) => one.properties.is_derived).length;
  tell(t(`登记界线 ${count(lines.length)} 条：有依据 ${count(lines.length - derived)} 条，示意线 ${count(derived)} 条`, `${count(lines.length)} lines: ${count(lines.length - derived)} with a document, ${count(derived)} sketches`));
  const dates = lines.map((one) => one.properties.source_date).filter(isKnown).sort();
  drawSources([dates.length && `${t("界线登记至", "Lines as of")} ${day(dates.at(-1))}`]);
  draw();
}

/** Lines of cities lie on those of counties: one level at a time is drawn. */
const level = () => Number(chosen("level") || 3);

function drawControls() {
  put(byId("question"), choice(t("级别", "Level"), [[2, t("市级界线", "Between cities")], [3, t("县级及以上", "Between counties")], [4, t("乡级", "Townships")]], level(), (code) => {
    choose({ level: code === 3 ? null : code, line: null });
    open = null;
    drawControls();
    load().catch(tellProblem);
  }));
}
