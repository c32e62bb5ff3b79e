// Does a proposed name keep the rules, and what was found where?

import { ask as askPublic } from "atlas/api.js";
import { drawLegend, layer, map, show, showPoint } from "atlas/board.js";
import { byId, el, put, tell } from "atlas/dom.js";
import { page } from "atlas/page.js";
import { foldedOnPhone, select } from "atlas/rows.js";
import { searchBox } from "atlas/search_box.js";
import { attempt, bytesOf, chip, districtOptions, dot, input, keep, kept, kindName, kindOptions, question, results, saveAs, synthetic, XLSX } from "atlas/naming/desk.js";
import { send } from "atlas/naming/door.js";
import { comparedFacts, numbered, ruleRows, sorted } from "atlas/naming/rule_rows.js";
import { OUTCOMES, outcomeOf } from "atlas/naming/words.js";
import { count, isKnown, t } from "atlas/words.js";

const SIZES = [["land_m2", t("用地面积（平方米）", "Land (m²)")], ["floor_m2", t("建筑面积（平方米）", "Floor area (m²)")], ["height_m", t("高度（米）", "Height (m)")], ["green_percent", t("绿地率（%）", "Green share (%)")]];
const SIZED = ["estate", "facility"];

// What is typed stays in this tab: a name in the address would reach the server's log.
const typed = { name: "", point: null, division: "", place_code: "", built_up: null, sizes: {} };
let found = null;

export function open() {
  const click = ({ latlng }) => place([latlng.lng, latlng.lat]);
  map?.on("click", click);
  drawForm();
  if (found) drawAnswer();
  else drawHint();
  drawMap();
  return () => map?.off("click", click);
}

const kind = () => kept("kind") || "street";

function place(point) {
  typed.point = point && point.map((degrees) => Number(degrees.toFixed(6)));
  drawMap();
  drawForm();
}

function drawForm() {
  const [nameField, name] = input(t("拟用名称", "Proposed name"), { type: "text", id: "name", maxlength: 60, required: true, autocomplete: "off", value: typed.name, placeholder: t("如 新河路", "e.g. 新河路"), oninput: () => { typed.name = name.value; } });
  const told = el("div", { id: "check-problem" });
  question(el("form", { class: "check-form", novalidate: true, onsubmit: (event) => { event.preventDefault(); check(name, told); } },
    el("div", { class: "pair" }, nameField, select(t("类别", "Kind"), kindOptions(), kind(), (id) => { keep("kind", id); drawForm(); })),
    whereField(),
    foldedOnPhone("more-facts", t("规模和其他", "Sizes and more"), false, moreFields()),
    el("button", { type: "submit", class: "primary", id: "check" }, t("核查", "Check")), told));
}

/** Where the name is to stand: a click, a place that is found, or a district. */
function whereField() {
  const find = async (text) => ((await askPublic("/places", { q: text, limit: 6 }, "where").catch(() => null))?.features ?? []).filter((one) => one.geometry).map(({ properties: p, geometry }) => ({
    title: p.name, note: p.in_unit_name ?? "", pick: () => { place(geometry.coordinates); showPoint(geometry.coordinates, 14); },
  }));
  return el("fieldset", { class: "where" }, el("legend", {}, t("位置", "Place")),
    typed.point
      ? el("p", { class: "spot" }, el("span", { class: "ring key solid", "aria-hidden": "true" }, "＋"), t(`经度 ${typed.point[0]}，纬度 ${typed.point[1]}`, `${typed.point[0]}, ${typed.point[1]}`), el("button", { type: "button", class: "plain", onclick: () => place(null) }, t("去掉", "Remove")))
      : map && el("p", { class: "hint" }, t("在地图上点一下，或查找附近的地名。", "Click the map, or find a place near it.")),
    searchBox({ label: t("查找附近的地名", "Find a place near it"), hint: t("附近的村、路、河…", "a village, road or river near it"), find }),
    select(t("或只选所在区划", "Or only its division"), districtOptions(t("按地图位置", "by the place on the map")), typed.division, (code) => { typed.division = code; }));
}

function moreFields() {
  const sizes = SIZES.map(([id, label]) => {
    const [field, box] = input(label, { type: "number", min: 0, step: "any", inputmode: "decimal", value: typed.sizes[id] ?? "", oninput: () => { typed.sizes[id] = box.value; } });
    return field;
  });
  const [codeField, code] = input(t("已有此名的地名代码（更名、换址时）", "Code of the place that bears the name already"), { type: "text", maxlength: 100, value: typed.place_code, oninput: () => { typed.place_code = code.value.trim(); } });
  const area = el("input", { type: "file", accept: ".json,.geojson", onchange: () => readArea(area) });
  return el("details", { class: "fold", open: SIZED.includes(kind()) && !matchMedia("(max-width: 720px)").matches },
    el("summary", {}, t("规模、建成区、已有代码（可不填）", "Sizes, built-up area, code (optional)")),
    el("div", { class: "folded" }, el("div", { class: "size-fields" }, sizes), codeField,
      el("label", { class: "field" }, el("span", {}, t("建成区图形（GeoJSON）；不给则比对全市", "Built-up area (GeoJSON); without it the whole city is compared")), area),
      typed.built_up && el("p", { class: "hint" }, t("已读入建成区图形。", "The built-up area was read."))));
}

async function readArea(box) {
  try {
    const told = JSON.parse(await box.files[0].text());
    const one = told.type === "FeatureCollection" ? told.features[0]?.geometry : told.geometry ?? told;
    if (!["Polygon", "MultiPolygon"].includes(one?.type)) throw new TypeError(one?.type);
    typed.built_up = { type: one.type, coordinates: one.coordinates };
    tell(t("已读入建成区图形。", "The built-up area was read."));
  } catch {
    typed.built_up = null;
    box.value = "";
    tell(t("不是面的 GeoJSON，未读入。", "This is no GeoJSON with a polygon."), true);
  }
}

function body() {
  const given = { name: typed.name.trim(), kind: kind(), division: typed.division || null, place_code: typed.place_code || null };
  if (typed.point) [given.lon, given.lat] = typed.point;
  for (const [id] of SIZES) if (isKnown(typed.sizes[id])) given[id] = Number(typed.sizes[id]);
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
}

async function check(name, told) {
  if (!typed.name.trim()) {
    put(told, el("p", { class: "problem", role: "alert" }, t("请填写拟用名称。", "Give the proposed name.")));
    name.focus();
    return;
  }
  tell(t("正在核查…", "Checking …"));
  const made = await attempt(() => send("/check", { ...body(), ...(typed.built_up ? { built_up: typed.built_up } : {}) }, "check"), told);
  if (!made) return;
  found = { ...made, asked: body() };
  drawAnswer();
  drawMap();
  tell(t(`核查完毕：${count(fired().length)} 条规则有发现，${count(found.results.filter((one) => one.status === "unchecked").length)} 条未能判定`, `Checked: ${fired().length} rules fired`));
  byId("answer").scrollIntoView({ block: "start" });
  byId("answer").focus({ preventScroll: true });
}

const fired = () => found.results.filter((one) => one.status === "fired");

function drawHint() {
  results(el("div", { class: "empty-desk" },
    el("p", { class: "lead" }, t("填名称、类别和位置，逐条对照命名规则。", "Give the name, its kind and place; every rule answers.")),
    el("ul", { class: "outcome-key" }, Object.values(OUTCOMES).map((one) => el("li", {}, chip(one)))),
    el("p", { class: "hint" }, t("缺资料的规则写「未能判定」并说明缺什么；机器不作审批。所填名称不保存、不记入日志。", "A rule that lacks data says what is missing. Nothing here approves a name; what is typed is neither stored nor logged."))));
}

function drawAnswer() {
  const numbers = numbered(sorted(found.results));
  const counted = Object.entries(OUTCOMES).map(([code, one]) => [one, found.results.filter((result) => outcomeOf(result) === code).length]).filter(([, number]) => number);
  results(el("article", { id: "answer", tabindex: "-1", "aria-label": t("核查结果", "Result") },
    el("p", { class: "sheet-head" }, t(`${page.city.name} · 地名核查单`, `${page.city.name} · name check`)),
    el("h2", { class: "answer-name" }, `「${found.name}」`, " ", synthetic(found.has_synthetic)),
    el("ul", { class: "outcome-key" }, counted.map(([one, number]) => el("li", {}, chip(one, el("strong", {}, number))))),
    el("p", { class: "statement", role: "note" }, t(found.statement_zh, found.statement_en)),
    comparedFacts(found, kindName(found.kind)),
    el("div", { class: "actions" },
      el("button", { type: "button", onclick: () => print() }, t("打印核查单", "Print")),
      el("button", { type: "button", onclick: saveTable }, t("下载 XLSX", "Save XLSX")),
      el("button", { type: "button", onclick: () => saveAs(`${t("地名核查", "name-check")}-${found.on}.json`, JSON.stringify(found, null, 2), "application/json") }, t("下载 JSON", "Save JSON"))),
    el("div", { id: "file-problem" }),
    ruleRows(found.results, numbers, (one) => showPoint([one.lon, one.lat], 14)),
    el("p", { class: "source" }, t(...found.text_status.split(" · ").concat(found.text_status).slice(0, 2)))));
}

async function saveTable() {
  const { asked } = found;
  const made = await attempt(() => send("/check/batch", { rows: [asked], output: "xlsx" }), byId("file-problem"));
  if (made) saveAs(made.file_name, bytesOf(made.file_base64), XLSX);
}

/** The asked point and the places that rules met, under the numbers of the list. */
function drawMap() {
  if (!map) return;
  const [asked, group] = ["asked", "found"].map((code) => layer(code).clearLayers());
  if (typed.point) asked.addLayer(dot(typed.point, "＋", t("拟命名处", "the proposed place"), "solid is-proposed"));
  if (!found) return drawLegend("", []);
  const numbers = numbered(sorted(found.results));
  const met = new Map(found.results.flatMap((one) => one.evidence).map((one) => [one.place_code, one]));
  const drawn = [...met.values()].filter((one) => isKnown(one.lon));
  for (const one of drawn) group.addLayer(dot([one.lon, one.lat], numbers.get(one.place_code), one.name, "", () => document.querySelector(`.evidence [aria-label*="${CSS.escape(one.name)}"]`)?.scrollIntoView({ block: "center" })));
  drawLegend(t("图例（个）", "Legend (number)"), [
    typed.point && [el("span", { class: "ring key solid" }, "＋"), t("拟命名处", "Proposed place"), ""],
    drawn.length > 0 && [el("span", { class: "ring key" }, "1"), t("规则涉及的地名，号码同列表", "Names that rules met, numbered as listed"), count(drawn.length)],
    met.size > drawn.length && [el("span", { class: "ring key hollow" }, ""), t("位置未知，只在列表", "Position unknown, listed only"), count(met.size - drawn.length)],
  ].filter(Boolean));
  const points = [...drawn.map((one) => [one.lon, one.lat]), typed.point].filter(Boolean);
  if (points.length > 1) show(points.reduce(([w, s, e, n], [x, y]) => [Math.min(w, x), Math.min(s, y), Math.max(e, x), Math.max(n, y)], [180, 90, -180, -90]));
  return undefined;
}
