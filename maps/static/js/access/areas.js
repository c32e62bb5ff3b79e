// How do areas stand: the coloured map with its legend, and the table that says the same?

import { gapLook } from "atlas/access/gaps.js";
import { age } from "atlas/access/question.js";
import { scaleOf } from "atlas/access/scale.js";
import { sortable } from "atlas/access/table.js";
import { areasShown, figuresOf, gapsShown, hasSynthetic, indicator, opened, say, sayParts, sayValue, synthetic, total, view } from "atlas/access/view.js";
import { apart, drawLabels, drawLegend, fits, layer, map, shape } from "atlas/board.js";
import { patch, UNKNOWN } from "atlas/classes.js";
import { el, put } from "atlas/dom.js";
import { choose, chosen } from "atlas/state.js";
import { AREA_STATUS, AREAS, isKnown, t } from "atlas/words.js";

const L = globalThis.L;
let labels = null;

const valueOf = (area) => figuresOf(area).value;
const scale = () => scaleOf(areasShown().map(valueOf), indicator().say, indicator().steps);

/** Colour the areas by the chosen measure. */
export function drawAreas(pick) {
  if (!map) return;
  const classes = scale();
  const group = layer("areas").clearLayers();
  const style = (area) => {
    const at = classes.of(valueOf(area));
    return {
      className: `area${at < 0 ? " is-unknown" : ""}${area.properties.area_code === opened() ? " is-open" : ""}`,
      fillColor: at < 0 ? UNKNOWN : classes.classes[at].colour, pane: "areas",
    };
  };
  group.addLayer(shape(areasShown(), style, (area, part) => part.on("click", (event) => { L.DomEvent.stop(event); pick(area.properties.area_code); })));
  labelAreas();
}

/** Names and values on the map, as many as have room. */
export function labelAreas() {
  if (!map || !view.coverage) return;
  labels?.remove();
  labels = L.layerGroup();
  const roomy = areasShown().filter(({ geometry }) => geometry && fits(geometry, [52, 30]));
  const name = ({ properties: p, geometry }) => (fits(geometry, [p.area_name.length * 15, 34]) ? p.area_name : "");
  drawLabels(labels, apart(roomy), (area) => [name(area), say(valueOf(area), indicator().say, figuresOf(area), true)], "value-label");
  layer("areas").addLayer(labels);
}

/** The legend: every class with its bounds and how many areas fall into it, then what else is drawn. */
export function drawKey(more = []) {
  const classes = scale();
  const values = areasShown().map(valueOf);
  const number = (count) => t(`${count} 个`, String(count));
  const blank = values.filter((value) => !isKnown(value)).length;
  drawLegend(indicator().isWhole ? indicator().name : `${indicator().name}${t("（", " (")}${indicator().hasGaps ? t(`${age()} 岁以上`, `aged ${age()}+`) : t("60 岁以上", "aged 60+")}${t("）", ")")}`, [
    ...classes.classes.map((one, i) => [patch(one.colour), one.label, number(values.filter((value) => classes.of(value) === i).length)]).reverse(),
    blank && [patch(UNKNOWN), t("未知或不公布", "unknown or withheld"), number(blank)],
    gapLook() && gapsShown().length > 0 && [patch("url(#hatch)", "#b34700"), gapLook() === "numbered" ? t("缺口（编号同列表）", "Gap (number as listed)") : t("缺口", "Gap"), t(`${gapsShown().length} 处`, String(gapsShown().length))],
    ...more,
  ].filter(Boolean), [classes.note, hasSynthetic() && t("合成数据", "Synthetic data")].filter(Boolean).join(t("；", ". ")));
}

/** The table: every area with numerator, denominator and value, sortable by each. */
export function drawTable(host, pick, withCurve = true) {
  const made = indicator();
  const sum = total();
  const unit = AREAS[view.coverage.summary?.areas] ?? t("单元", "Area");
  const heads = made.heads(view.measures);
  const columns = [
    { code: "name", head: unit, key: ({ properties: p }) => p.area_name, cell: (area) => name(area, pick) },
    ...heads.map((head, i) => (i === heads.length - 1
      ? { code: "value", head, key: (area) => figuresOf(area).value, cell: (area) => [sayValue(figuresOf(area)), bar(area)] }
      : { code: `part${i}`, head, key: (area) => figuresOf(area).parts[i], cell: (area) => sayParts(figuresOf(area))[i] })),
  ];
  const turn = (order) => {
    choose({ sort: order });
    put(host);
    drawTable(host, pick, withCurve);
    host.querySelector(`[data-sort="${order.replace("-", "")}"]`)?.focus();
  };
  host.append(sortable({
    caption: [synthetic(), " ", made.name, t("；与地图一致", "; the same as on the map")],
    label: t("分区表", "Table of areas"), columns, rows: areasShown(), order: chosen("sort"), turn,
    row: ({ properties: p }) => ({ class: p.area_code === opened() ? "is-open" : "", "data-code": p.area_code }),
    foot: [t("合计", "Total"), ...sayParts(sum), sayValue(sum)],
  }));
  if (!made.hasCurve || !withCurve) return;
  const room = el("div");
  host.append(room);
  import("atlas/access/lorenz.js").then(({ lorenz }) => put(room, lorenz()));
}

function name({ properties: p, geometry }, pick) {
  const { numbers } = figuresOf({ properties: p });
  return [
    geometry ? el("button", { type: "button", onclick: () => pick(p.area_code) }, p.area_name) : p.area_name, " ", synthetic(),
    p.status !== "measured" && el("span", { class: "row-note line" }, AREA_STATUS[p.status] ?? p.status_zh ?? ""),
    view.coverage.summary?.fallback === "line" && p.measured_by === "line" && el("span", { class: "tag" }, t("按直线", "straight line")),
    numbers?.supply_unknown > 0 && indicator().parts().includes("supply") && el("span", { class: "row-note line" }, t(`另有 ${numbers.supply_unknown} 处未注明`, `${numbers.supply_unknown} more state none`)),
  ];
}

/** The value as a bar: shares of the whole, all others of the largest. */
function bar(area) {
  const { value } = figuresOf(area);
  if (!isKnown(value)) return null;
  const largest = indicator().steps ? 1 : Math.max(...areasShown().map((one) => figuresOf(one).value ?? 0));
  return el("span", { class: "bar", "aria-hidden": "true" }, el("span", { style: `width:${(largest ? (100 * value) / largest : 0).toFixed(1)}%` }));
}
