// How do markers stand: by state, against their archive, along their line?

import { drawLegend, drawSources, layer, map, mark, show, showPoint } from "atlas/board.js";
import { byId, el, put, svg, tell } from "atlas/dom.js";
import { extent } from "atlas/geodesy.js";
import { page } from "atlas/page.js";
import { facts, select } from "atlas/rows.js";
import { choose, chosen } from "atlas/state.js";
import { drawArrows, factorFor } from "atlas/survey/arrows.js";
import { allLines, drawDeskGround } from "atlas/survey/desk.js";
import { ask } from "atlas/survey/door.js";
import { clearMap } from "atlas/survey/ground.js";
import { lineFacts } from "atlas/survey/line_facts.js";
import { drawLines } from "atlas/survey/line_map.js";
import { centimetres, markerSign, stateName, STATES, VERDICT_CODES, verdictName, verdictSign } from "atlas/survey/marker_signs.js";
import { profile } from "atlas/survey/profile.js";
import { count, day, isKnown, moment, native, t } from "atlas/words.js";

let lines = [];
let rows = []; // places joined with deviations
let told = {};
let open = null;

const lineCode = () => chosen("line") || null;
const shown = () => (lineCode() ? rows.filter((one) => one.line_codes.includes(lineCode())) : rows);
const withMarkers = () => lines.filter((one) => rows.some((row) => row.line_codes.includes(one.properties.code)));

function joined(places, deviations) {
  const by = new Map(deviations.map((one) => [one.number, one]));
  return places.map(({ properties: p, geometry }) => ({ ...p, ...by.get(p.number), line_codes: p.line_codes, place: geometry?.coordinates ?? null }));
}

function pick(number) {
  open = open === number ? null : number;
  draw();
  const one = rows.find((row) => row.number === open);
  if (one?.place) showPoint(one.place, 12);
  document.querySelector(`[data-number="${CSS.escape(open ?? "")}"]`)?.scrollIntoView({ block: "nearest" });
}

function drawMap() {
  if (!map) return;
  drawLines(lines.filter((one) => withMarkers().includes(one)), lineCode(), (code) => turnTo(code));
  const group = layer("markers").clearLayers();
  for (const one of shown().filter((row) => row.place)) {
    group.addLayer(mark(one.place, markerSign(one.state), { name: `${one.number} ${stateName(one.state)}`, size: 22, inList: true, onclick: () => pick(one.number), className: `mark${one.number === open ? " is-open" : ""}` }));
  }
  drawDeviations();
}

/** The factor belongs to the zoom: it is told anew with each. */
function drawDeviations() {
  const moved = shown().filter((one) => one.place && isKnown(one.d_north_m));
  const factor = factorFor(Math.max(0, ...moved.map((one) => one.distance_m)));
  drawArrows(moved.map((one) => ({ place: one.place, north: one.d_north_m, east: one.d_east_m, verdict: one.verdict, number: one.number })), factor, open);
  const states = Object.keys(STATES).map((state) => [state, shown().filter((one) => one.state === state).length]).filter(([, number]) => number);
  drawLegend(t("图例（座）", "Legend (number)"), [
    ...states.map(([state, number]) => [markerSign(state, 19), stateName(state), count(number)]),
    ...VERDICT_CODES.map((verdict) => [verdict, moved.filter((one) => one.verdict === verdict).length]).filter(([, number]) => number)
      .map(([verdict, number]) => [arrowSample(verdict), t(`偏差 · ${verdictName(verdict)}`, `Deviation: ${verdictName(verdict)}`), count(number)]),
  ], moved.length ? t(`箭头由档案位置指向实测位置，长度放大 ${count(factor)} 倍。`, `Arrows point from the archived to the measured place, ${count(factor)} times longer than they are.`) : t("没有可比较的实测。", "Nothing measured that can be compared."));
}

const arrowSample = (verdict) => svg("svg", { width: 27, height: 14, "aria-hidden": "true" }, svg("line", { x1: 1, x2: 18, y1: 7, y2: 7, class: `arrow is-${verdict}` }), svg("path", { class: `arrow-head is-${verdict}`, d: "M26 7 16 2v10Z" }));

function turnTo(code) {
  open = null;
  choose({ line: code });
  drawControls();
  draw();
  const box = extent(lines.find((one) => one.properties.code === code)?.geometry ?? null);
  if (box) show(box, { maxZoom: 12 });
}

function draw() {
  drawMap();
  const line = lines.find((one) => one.properties.code === lineCode())?.properties;
  const verdicts = VERDICT_CODES.map((verdict) => [verdict, shown().filter((one) => (one.verdict ?? "none") === verdict).length]);
  put(byId("results"),
    !rows.length && el("p", { class: "empty" }, t("没有登记的界桩。用 ./atlas load boundary-markers 导入登记册。", "No marker is on record. Load a register with ./atlas load boundary-markers.")),
    rows.length > 0 && el("dl", { class: "tiles" }, verdicts.map(([verdict, number]) => el("div", { class: { over: "is-bad", within: "is-good" }[verdict] }, el("dt", {}, verdictName(verdict)), el("dd", {}, count(number))))),
    line && [
      el("h2", {}, t(`${line.label}：界桩沿线里程`, `${line.label}: markers along the line`)),
      profile(shown().map((one) => along(one, line.code)), line.length_m, open, pick),
      el("details", { class: "fold" }, el("summary", {}, t("界线登记", "The line on record")), el("div", { class: "folded" }, lineFacts(line))),
    ],
    shown().length > 0 && el("h2", {}, t(`界桩（${count(shown().length)}）`, `Markers (${count(shown().length)})`)),
    el("ul", { class: "rows" }, shown().map((one) => el("li", {}, row(one)))),
    rows.length > 0 && el("p", { class: "source" }, told.method && native(told.method), " ", el("strong", {}, native(told.warning))));
}

function along(one, code) {
  const on = (one.on_lines ?? []).find((line) => line.line_code === code);
  const foot = on?.measured ?? on?.archived ?? null;
  return { number: one.number, serial: one.serial, state: one.state, verdict: one.verdict ?? "none", chainage: foot?.chainage_m ?? null, offset: foot?.offset_m ?? null, distance: one.distance_m ?? null, tolerance: one.tolerance_m ?? null };
}

const row = (one) => [
  el("button", { type: "button", class: "row", "aria-expanded": String(one.number === open), "data-number": one.number, onclick: () => pick(one.number) },
    markerSign(one.state),
    el("span", { class: "row-text" }, el("span", { class: "row-name" }, one.number), el("span", { class: "row-note" }, `${stateName(one.state)} · ${one.line_codes.join(t("、", ", "))}`)),
    el("span", { class: "row-end" }, verdictSign(one.verdict ?? "none"), isKnown(one.distance_m) && el("span", { class: "tight" }, `${centimetres(one.distance_m)} ${t("米", "m")}`), one.is_synthetic && el("span", { class: "synthetic" }, t("合成", "synthetic")))),
  one.number === open && el("div", { class: "card-place" }, detail(one)),
];

const detail = (one) => [
  facts([
    ["ΔN / ΔE", `${centimetres(one.d_north_m, true)} / ${centimetres(one.d_east_m, true)} ${t("米", "m")}`],
    ["ΔH", isKnown(one.d_height_m) ? `${centimetres(one.d_height_m, true)} ${t("米", "m")}` : t("未知", "unknown")],
    [t("合成中误差", "Combined σ"), isKnown(one.sigma_m) ? `${centimetres(one.sigma_m)} ${t("米", "m")}` : t("未知", "unknown")],
    [t("限差", "Tolerance"), isKnown(one.tolerance_m) ? `${centimetres(one.tolerance_m)} ${t("米（设置值）", "m (a setting)")}` : t("未知", "unknown")],
    [t("实测时间", "Measured"), isKnown(one.measured_at) ? moment(one.measured_at) : t("没有实测", "not measured")],
    [t("档案坐标系", "Archive CRS"), one.archived_crs ?? t("未知", "unknown")],
    [t("来源", "Source"), `${one.source ?? t("未知", "unknown")} · ${day(one.source_date)}`],
  ]),
  (one.reasons ?? []).map((reason) => el("p", { class: "hint" }, native(reason))),
];

function drawControls() {
  put(byId("question"), rows.length > 0 && select(t("界线", "Line"), [["", t(`全部 ${count(withMarkers().length)} 条有界桩的界线`, `All ${count(withMarkers().length)} lines with markers`)], ...withMarkers().map((one) => [one.properties.code, `${one.properties.label}（${one.properties.code}）`])], lineCode() ?? "", (code) => turnTo(code || null)));
}

/** Open this view; answers what undoes it. */
export async function openView() {
  open = null;
  const [found, places, deviations, ground] = await Promise.all([allLines(), ask("/register/markers", {}, "places"), ask("/deviations", { city: null, within: page.city.code }, "deviations"), drawDeskGround()]);
  if (!found || !places || !deviations || !ground) return null;
  lines = found.features;
  told = deviations;
  rows = joined(places.features, deviations.deviations);
  const over = rows.filter((one) => one.verdict === "over").length;
  tell(t(`界桩 ${count(rows.length)} 座，其中超限 ${count(over)} 座，无实测 ${count(rows.filter((one) => !isKnown(one.measured_at)).length)} 座`, `${count(rows.length)} markers: ${count(over)} over the limit, ${count(rows.filter((one) => !isKnown(one.measured_at)).length)} not measured`));
  drawSources([t("界桩坐标：内部资料，不得公开", "Places of markers: internal, never public")]);
  drawControls();
  const box = extent(lines.find((one) => one.properties.code === lineCode())?.geometry ?? null);
  if (box && chosen("z") === "") show(box, { maxZoom: 12, animate: false });
  draw();
  map?.on("zoomend", drawDeviations);
  return () => { map?.off("zoomend", drawDeviations); lines = []; rows = []; clearMap(["lines", "markers", "deviations", "ground"]); };
}
