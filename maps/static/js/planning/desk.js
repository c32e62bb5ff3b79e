// What do all views of the planner's page share: areas, a clean map, tables, chips, methods?

import { ask as askPublic } from "atlas/api.js";
import { apart, drawGround, drawLabels, drawLegend, drawSources, fits, layer, map, mark, nearby, shape } from "atlas/board.js";
import { byId, el, put } from "atlas/dom.js";
import { extent } from "atlas/geodesy.js";
import { page } from "atlas/page.js";
import { choose, chosen } from "atlas/state.js";
import { day, isKnown, known, moment, t } from "atlas/words.js";

const L = globalThis.L;
const LAYERS = ["areas", "gaps", "reach", "facilities", "sites"];

/** Outlines by kind of area; townships have none that are open. */
export const outlines = { district: [], zone: [], township: [], city: [] };
export const nameOf = new Map();
export let whole = null;

/** Load the districts' public outlines and draw the ground: all that is there before a sign-in. */
export async function drawDistricts() {
  const units = await askPublic("/units", { level: 3, on: chosen("on") }).catch(() => null);
  const all = units?.features ?? [];
  const inCity = all.filter(({ properties: p }) => p.parent_code === page.city.code);
  outlines.district = inCity.length ? inCity : all.filter(({ properties: p }) => p.code === page.city.code);
  for (const { properties: p } of all) nameOf.set(p.code, p.name);
  whole = drawGround(outlines.district, { around: nearby(all, outlines.district), labels: false });
  return whole;
}

/** Load the outlines of the planning zones, once somebody is signed in. */
export async function loadZones() {
  if (outlines.zone.length) return;
  const zones = await askPublic("/zones", { within: page.city.code, on: chosen("on") }).catch(() => null);
  outlines.zone = zones?.features ?? [];
  for (const { properties: p } of outlines.zone) nameOf.set(p.code, p.name);
}

/** Leave the map as clean ground; every view begins so. */
export function clearMap() {
  LAYERS.forEach((code) => layer(code)?.clearLayers());
  labelled.forEach(({ drawn }) => drawn?.remove());
  labelled.clear();
  drawLegend("", []);
  drawSources([]);
}

const labelled = new Map(); // map → its labels and how they are drawn again
map?.on("zoomend", () => labelled.forEach(({ again }) => again()));

/** Colour areas: `colourOf(row)` answers a fill or null for unknown; rows are found by code. */
export function drawAreas(by, rows, { colourOf, say, open = null, onpick = null, into = layer("areas"), on = map }) {
  if (!on || !into) return;
  into.clearLayers();
  const rowOf = new Map(rows.map((row) => [row.area_code, row]));
  const drawn = outlines[by].filter(({ properties: p }) => rowOf.has(p.code));
  const style = ({ properties: p }) => {
    const fill = colourOf(rowOf.get(p.code));
    return { className: `area${fill ? "" : " is-unknown"}${p.code === open ? " is-open" : ""}`, fillColor: fill ?? "url(#unknown)", pane: "areas" };
  };
  into.addLayer(shape(drawn, style, ({ properties: p }, part) => onpick && part.on("click", (event) => { L.DomEvent.stop(event); onpick(p.code); })));
  const name = ({ properties: p, geometry }) => (fits(geometry, [p.name.length * 15, 34]) ? p.name : "");
  const again = () => {
    const mine = labelled.get(on);
    mine.drawn?.remove();
    mine.drawn = L.layerGroup();
    drawLabels(mine.drawn, apart(drawn.filter(({ geometry }) => fits(geometry, [52, 30]))), (one) => [name(one), say(rowOf.get(one.properties.code))], "value-label");
    into.addLayer(mine.drawn);
  };
  labelled.get(on)?.drawn?.remove();
  labelled.set(on, { drawn: null, again });
  again();
}

/** A map that is gone needs no labels. */
export const forgetMap = (gone) => labelled.delete(gone);

/** A round mark with a sign or number; the list has a row for it. */
export function dot([lon, lat], text, name, { colour = "#4a3f8f", look = "", size = 26, onclick = null, isOpen = false, pane = "numbers" } = {}) {
  return mark([lon, lat], el("span", { class: `ring ${look}`, style: `--ring:${colour}` }, text), { size, pane, name, onclick, inList: true, className: `mark${isOpen ? " is-open" : ""}` });
}

/** Bring points into view. */
export function boxOf(points) {
  const known = points.filter(([lon, lat]) => isKnown(lon) && isKnown(lat));
  return known.length ? extent({ coordinates: known }) : null;
}

export const synthetic = (isSo) => isSo && el("span", { class: "synthetic" }, t("合成", "synthetic"));
export const chip = (look, sign, text) => el("span", { class: `verdict is-${look}` }, el("span", { "aria-hidden": "true" }, sign), " ", text);

/** A table with a caption; columns: [name, cell(row), class]; the first cell heads its row. */
export function table(columns, rows, { caption = null, label, foot = null, rowOf = () => ({}), look = "" }) {
  const cells = (row) => columns.map(([, cell, kind], i) => el(i ? "td" : "th", i ? { class: kind } : { scope: "row", class: kind }, cell(row)));
  return el("div", { class: "wide-table", tabindex: "0", role: "region", "aria-label": label }, el("table", { class: `figures ${look}` },
    caption && el("caption", {}, caption),
    el("thead", {}, el("tr", {}, columns.map(([name, , kind]) => el("th", { scope: "col", class: kind }, name)))),
    el("tbody", {}, rows.map((row) => el("tr", rowOf(row), cells(row)))),
    foot && el("tfoot", {}, el("tr", {}, cells(foot)))));
}

/** Figures in a row: [[name, value, note]]. */
export const tiles = (figures) => el("dl", { class: "tiles" }, figures.filter(Boolean).map(([name, value, note, look]) =>
  el("div", { class: look }, el("dt", {}, name), el("dd", {}, value, note && el("span", { class: "small line" }, note)))));

/** How it was computed, from what, when. */
export function methodBox(found, { sources = [], also = [] } = {}) {
  const said = sources.map((one) => (typeof one === "string" ? one : `${known(one.source)}${isKnown(one.source_date) ? ` ${day(one.source_date)}` : ""}`));
  const from = [...new Set(said)].join(t("；", "; "));
  drawSources([from && `${t("来源：", "Source: ")}${from}`, isKnown(found.computed_at) && `${t("计算 ", "Computed ")}${moment(found.computed_at)}`, found.has_synthetic && t("含合成数据", "synthetic in part")].filter(Boolean));
  return el("details", { class: "fold method" }, el("summary", {}, t("方法与来源", "Method and sources")), el("div", { class: "folded source" },
    found.method && el("p", {}, t(found.method, found.method_en ?? found.method)),
    also.filter(Boolean).map((line) => el("p", {}, line)),
    from && el("p", {}, `${t("来源：", "Sources: ")}${from}`),
    isKnown(found.computed_at) && el("p", {}, `${t("计算时间：", "Computed: ")}${moment(found.computed_at)}`),
    found.has_synthetic && el("p", {}, synthetic(true), " ", t("含合成数据，不是真实情况，仅供演示。", "Synthetic in part: for demonstration only, not the real situation."))));
}

/** A labelled input; answers [field, input]. */
export function input(label, attributes) {
  const box = el("input", attributes);
  return [el("label", { class: "field" }, el("span", {}, label), box), box];
}

/** As of which day: another one is another page, as outlines and stock may differ. */
export const dayField = () => input(t("截至哪一天（不填为今天）", "As of which day (empty: today)"), {
  type: "date", value: chosen("on"), max: new Date().toISOString().slice(0, 10), onchange: (event) => { choose({ on: event.target.value }); location.reload(); },
})[0];

export const results = (...children) => put(byId("results"), ...children);
export const question = (...children) => put(byId("question"), ...children);
