// Where do the places of the list lie? A known position is filled, a vague one hollow or an outline.

import { drawLegend, drawSources, fits, layer, map, mark, shape } from "atlas/board.js";
import { patch } from "atlas/classes.js";
import { el } from "atlas/dom.js";
import { extent, labelPoint } from "atlas/geodesy.js";
import { EXACT } from "atlas/names/forms.js";
import { count, isKnown, t, word } from "atlas/words.js";

/** A known position is a filled mark; an approximate one hollow; a division only is its outline. */
export function drawPlaces({ rows, onPage, first, units, open, point, isListed, pick, hasMore }) {
  if (!map) return;
  const [places, vague, asked] = ["places", "vague", "asked"].map((code) => layer(code).clearLayers());
  const byUnit = new Map();
  onPage.forEach((row, i) => {
    const number = first + i;
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
  if (point) asked.addLayer(mark(point, el("span", { class: "start-mark" }), { size: 22, pane: "numbers" }));
  const counted = (test) => count(onPage.filter(test).length); // what is drawn: this page of the list
  const isBare = (row) => !row.point && !units.has(row.unit);
  drawLegend(t("图例（个）", "Legend (number)"), [
    [el("span", { class: "ring solid key" }), t("位置已知", "Position known"), counted((row) => row.point && EXACT.includes(row.quality))],
    [el("span", { class: "ring hollow key" }), t("位置近似", "Position approximate"), counted((row) => row.point && !EXACT.includes(row.quality))],
    [patch("#f7eef0", "#8f2436", "5 4"), t("仅知所在政区（画轮廓）", "Known to a division only (outline)"), counted((row) => !row.point && !isBare(row))],
    onPage.some(isBare) && [patch("#fff", "#7c8b94", "1 3"), t("仅列表：乡镇无图形", "Listed only: no outline of the township"), counted(isBare)],
  ].filter(Boolean), hasMore ? t("图上是列表的这一页。", "The map shows this page of the list.") : null);
  drawSources([...new Set(rows.map((row) => row.attribution).filter(isKnown))].slice(0, 3).concat(isListed ? [t("名录来源见各条", "lists: see each entry")] : []));
}

/** 1, 2, 3, 7 → 「1–3、7」. */
function ranges(numbers) {
  const runs = [];
  for (const number of numbers) {
    if (runs.at(-1)?.[1] === number - 1) runs.at(-1)[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([from, to]) => (from === to ? from : `${from}–${to}`)).join(t("、", ", "));
}
