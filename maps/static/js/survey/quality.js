// Do the outlines of a level fit each other, and where not: with size, place and a suggestion?

import { drawLegend, layer, map, mark, shape, show } from "atlas/board.js";
import { byId, el, put, tell } from "atlas/dom.js";
import { extent } from "atlas/geodesy.js";
import { choice } from "atlas/rows.js";
import { choose, chosen } from "atlas/state.js";
import { drawDeskGround, tellProblem } from "atlas/survey/desk.js";
import { ask } from "atlas/survey/door.js";
import { clearMap } from "atlas/survey/ground.js";
import { count, isKnown, metres, t } from "atlas/words.js";

let found = null;
let open = null;

const level = () => Number(chosen("level") || 3);
const places = () => found.features.filter((one) => one.properties.role === "place");
const size = (p) => (isKnown(p.area_m2) ? (p.area_m2 >= 10000 ? `${count(p.area_m2 / 10000)} ${t("公顷", "ha")}` : `${count(p.area_m2)} ${t("平方米", "m²")}`) : metres(p.length_m));

async function load() {
  tell(t("正在检查图形…", "Looking at the outlines…"));
  try {
    found = await ask("/quality", { level: level() }, "quality");
    if (!found) return;
    const faults = places().filter((one) => one.properties.is_fault).length;
    tell(t(`查 ${count(found.checked)} 个单位：差错 ${count(faults)} 处，飞地等须知 ${count(places().length - faults)} 处`, `${count(found.checked)} divisions checked: ${count(faults)} faults, ${count(places().length - faults)} enclaves to know of`));
    draw();
  } catch (problem) {
    tell("");
    tellProblem(problem);
  }
}

function pick(number) {
  open = open === number ? null : number;
  draw();
  const box = extent(places().find((one) => one.properties.number === open)?.geometry ?? null);
  if (box) show(box, { maxZoom: 15 });
}

function draw() {
  if (map) {
    const group = layer("found").clearLayers();
    group.addLayer(shape(found.features.filter((one) => one.geometry?.type !== "Point"), ({ properties: p }) => ({ className: `fault is-${p.role}${p.is_fault ? "" : " is-known"}${p.number === open ? " is-open" : ""}`, pane: "gaps", interactive: false })));
    for (const one of places()) {
      const box = extent(one.geometry);
      if (!box) continue;
      const sign = el("span", { class: `number${one.properties.is_fault ? "" : " hollow"}` }, one.properties.number);
      group.addLayer(mark([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2], sign, { name: one.properties.kind_zh, inList: true, onclick: () => pick(one.properties.number), className: `mark${one.properties.number === open ? " is-open" : ""}` }));
    }
    drawLegend(t("图例（处）", "Legend (number)"), [
      [el("span", { class: "number key" }, "1"), t("差错", "Fault"), count(places().filter((one) => one.properties.is_fault).length)],
      [el("span", { class: "number hollow key" }, "2"), t("飞地，须知而非差错", "Enclave: no fault"), count(places().filter((one) => !one.properties.is_fault).length)],
    ], t("只报告，不改动任何数据；面积、长度为量算值。", "Told, never changed; areas and lengths are measured."));
  }
  put(byId("results"),
    el("p", { class: "hint" }, t("只报告，不改动任何数据；建议须经各方核定。面积、长度为量算值。", "Told, never changed: suggestions need the word of all sides. Areas and lengths are measured.")),
    found.is_sound && el("p", { class: "done" }, t("没有发现差错。", "No fault was found.")),
    el("ol", { class: "rows" }, places().map((one) => el("li", {}, row(one.properties)))),
    found.missing.length > 0 && el("p", { class: "hint" }, t(`无图形、未检查：${found.missing.join("、")}`, `Without an outline, not checked: ${found.missing.join(", ")}`)));
}

const row = (p) => [
  el("button", { type: "button", class: "row", "aria-expanded": String(p.number === open), onclick: () => pick(p.number) },
    el("span", { class: `number${p.is_fault ? "" : " hollow"}` }, p.number),
    el("span", { class: "row-text" }, el("span", { class: "row-name" }, t(p.kind_zh, p.kind_en)), el("span", { class: "row-note" }, p.names.join(t("、", ", ")))),
    el("span", { class: "row-end" }, el("span", { class: "tight" }, size(p)))),
  p.number === open && el("div", { class: "card-place" }, el("p", {}, el("strong", {}, t("建议：", "Suggestion: ")), t(p.suggestion_zh, p.suggestion_en))),
];

function drawControls() {
  put(byId("question"), choice(t("级别", "Level"), [[3, t("县级", "Counties")], [4, t("乡级", "Townships")]], level(), (code) => {
    choose({ level: code === 3 ? null : code });
    open = null;
    drawControls();
    load();
  }));
}

/** Open this view; answers what undoes it. */
export async function openView() {
  open = null;
  drawControls();
  if (!await drawDeskGround()) return null;
  await load();
  return () => { found = null; clearMap(["found", "ground"]); };
}
