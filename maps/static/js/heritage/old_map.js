// How do listed names look on an old sheet: seals by era, roads as double lines, frames for the vague?

import { apart, drawLabels, drawLegend, fits, layer, map, mark, shape, show } from "atlas/board.js";
import { el, soon } from "atlas/dom.js";
import { extent, labelPoint } from "atlas/geodesy.js";
import { ERAS, eraGlyph, eraName, eraOf } from "atlas/heritage/eras.js";
import { count, t } from "atlas/words.js";

const L = globalThis.L;
const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
const drawnLines = new Map(); // code → the two strokes of a line
let labels = null;
let slipped = new Set(); // divisions that have a slip of names
let shown = [];
let redraw = () => {};

const kindOf = (geometry) => geometry?.type.replace("Multi", "") ?? null;
const middle = (line) => line[Math.floor(line.length / 2)];

/** Where a name is written: at a point, half way along a line, inside an area. */
export function spotOf(geometry) {
  const lines = geometry.type === "MultiLineString" ? geometry.coordinates : [geometry.coordinates];
  if (geometry.type === "Point") return geometry.coordinates;
  if (geometry.type === "MultiPoint") return geometry.coordinates[0];
  if (kindOf(geometry) === "LineString") return middle(lines.reduce((a, b) => (b.length > a.length ? b : a)));
  return labelPoint(geometry);
}

/** Names of divisions where they do not lie on one another or under a slip of names. */
export function nameDivisions(ground) {
  const names = L.layerGroup().addTo(map);
  const write = () => {
    names.clearLayers();
    if (map.getZoom() < 14.5) drawLabels(names, apart(ground.filter((one) => !slipped.has(one.properties.code)), [76, 30]), (one) => one.properties.name);
  };
  map.on("zoomend atlas:slips", write);
  write();
}

/** Draw all of them; `open` is called with the code of one that is chosen. */
export function drawNames(features, units, open) {
  if (!map) return;
  shown = features.filter((one) => one.geometry);
  drawnLines.clear();
  for (const code of ["places", "lines", "areas", "vague"]) layer(code)?.clearLayers();
  drawSeals(shown.filter((one) => kindOf(one.geometry) === "Point"), open);
  drawLines(shown.filter((one) => kindOf(one.geometry) === "LineString"), open);
  drawAreas(shown.filter((one) => kindOf(one.geometry) === "Polygon"), open);
  redraw = () => drawVague(features.filter((one) => !one.geometry), units, open);
  redraw();
  legend(features);
  if (!labels) {
    labels = L.layerGroup().addTo(map);
    map.on("moveend zoomend", soon(writeNames, 120));
    map.on("zoomend", () => redraw());
  }
  writeNames();
}

/** Points, clustered era by era. */
function drawSeals(features, open) {
  for (const code of ERAS.keys()) {
    const own = features.filter((one) => one.properties.era === code);
    if (!own.length) continue;
    const group = L.markerClusterGroup({
      maxClusterRadius: 58, showCoverageOnHover: false, animate: !isCalm, spiderfyOnMaxZoom: true, chunkedLoading: own.length > 500,
      iconCreateFunction: (cluster) => L.divIcon({
        className: "mark", iconSize: [38, 38],
        html: el("span", { class: "era-cluster", style: `--era: ${eraOf(code).colour}` }, el("b", {}, eraGlyph(code)), String(cluster.getChildCount())),
      }),
    });
    group.on("clusterclick", (event) => event.layer.spiderfy && map.getZoom() >= 18 && event.layer.spiderfy());
    group.addLayers(own.map(({ geometry, properties: p }) => mark(spotOf(geometry), seal(p), {
      name: p.name, size: 28, inList: true, onclick: () => open(p.code),
    })));
    layer("places").addLayer(group);
  }
}

const seal = (p) => el("span", { class: `era-seal${p.quality === "approximate" ? " is-near" : ""}`, style: `--era: ${eraOf(p.era).colour}` }, eraGlyph(p.era));

/** Roads and waters: an ink casing and a paler core, on one canvas for thousands. */
function drawLines(features, open) {
  const paper = L.canvas({ pane: "lines", padding: 0.4, tolerance: 9 });
  for (const { geometry, properties: p } of features) {
    const ink = p.feature_class === "H" ? "#2f5a66" : eraOf(p.era).colour;
    const path = L.GeoJSON.coordsToLatLngs(geometry.coordinates, geometry.type === "MultiLineString" ? 1 : 0);
    const casing = L.polyline(path, { renderer: paper, pane: "lines", color: ink, ink, weight: 4, opacity: 0.9, smoothFactor: 1.3 });
    const core = L.polyline(path, { renderer: paper, pane: "lines", color: p.feature_class === "H" ? "#b9cfc9" : "#f7ecd0", weight: 1.8, interactive: false, smoothFactor: 1.3 });
    named(casing.on("click", () => open(p.code)), p.name);
    drawnLines.set(p.code, casing);
    layer("lines").addLayer(casing).addLayer(core);
  }
}

/** Shows a name beside the pointer while it is over a line or an area; the list tells it, too. */
function named(drawn, name) {
  const tip = L.tooltip({ className: "old-tip", direction: "top" }).setContent(el("span", {}, name));
  drawn.on("mouseover mousemove", ({ latlng }) => tip.setLatLng(latlng).openOn(map));
  drawn.on("mouseout", () => tip.close());
}

function drawAreas(features, open) {
  for (const { geometry, properties: p } of features) {
    const drawn = L.geoJSON({ type: "Feature", geometry, properties: {} }, {
      pane: "areas", style: () => ({ className: "old-area", color: eraOf(p.era).colour, fillColor: eraOf(p.era).colour }),
    });
    named(drawn.on("click", () => open(p.code)), p.name);
    layer("areas").addLayer(drawn);
  }
}

/** Names known to a division only stand in a slip inside its dashed outline, never at a point. */
function drawVague(features, units, open) {
  layer("vague").clearLayers();
  const slips = new Map();
  for (const { properties: p } of features) {
    const unit = [p.unit_code, p.district_code].find((code) => units.get(code)?.geometry) ?? null;
    if (unit) slips.set(unit, [...(slips.get(unit) ?? []), p]);
  }
  const isSmall = map.getSize().x < 560;
  slipped = new Set(slips.keys());
  map.fire("atlas:slips");
  for (const [code, names] of slips) {
    const unit = units.get(code);
    const isWhole = unit.properties.level <= 2;
    if (!isWhole) layer("vague").addLayer(shape([unit], () => ({ className: "old-vague", pane: "areas", interactive: false })));
    const box = extent(unit.geometry);
    const at = isWhole ? [box[0] + (box[2] - box[0]) * 0.13, box[3] - (box[3] - box[1]) * 0.1] : labelPoint(unit.geometry);
    const most = isSmall ? 3 : 6;
    // On a small map whole slips would hide the land and each other: then only how many there are.
    const isTight = isSmall && !fits(unit.geometry, [170, 150]);
    const closer = (event) => { event.stopPropagation(); show(box); };
    const slip = isTight ? el("button", { type: "button", class: "slip is-tight", tabindex: "-1", onclick: closer, title: t(`${unit.properties.name}：放大看名称`, `${unit.properties.name}: zoom in for the names`) }, unit.properties.name, " ", el("b", {}, String(names.length))) : el("span", { class: "slip" },
      el("span", { class: "slip-unit" }, unit.properties.name),
      names.slice(0, most).map((p) => el("button", { type: "button", class: "slip-name", tabindex: "-1", onclick: (event) => { event.stopPropagation(); open(p.code); } }, p.name)),
      names.length > most && el("span", { class: "slip-more" }, t(`等 ${names.length} 个`, `… ${names.length}`)));
    layer("vague").addLayer(L.marker([at[1], at[0]], {
      icon: L.divIcon({ className: "slip-mark", html: slip, iconSize: [0, 0] }), keyboard: false, interactive: true,
    }));
  }
}

/** Names in view are written beside their lines, areas and seals where there is room. */
function writeNames() {
  labels.clearLayers();
  if (map.getZoom() < 14.5) return;
  const [view, taken] = [map.getBounds(), []];
  for (const { geometry, properties: p } of shown) {
    const [lon, lat] = spotOf(geometry);
    if (!view.contains([lat, lon])) continue;
    const at = map.latLngToContainerPoint([lat, lon]);
    const [wide, high] = [18, p.name.length * 15];
    if (taken.some((one) => Math.abs(one.x - at.x) < wide + 6 && Math.abs(one.y - at.y) < (one.high + high) / 2 + 8)) continue;
    taken.push({ x: at.x, y: at.y, high });
    labels.addLayer(L.marker([lat, lon], {
      icon: L.divIcon({ className: "label", html: el("span", { class: "old-label" }, p.name), iconSize: [0, 0] }), pane: "labels", interactive: false, keyboard: false,
    }));
    if (taken.length > 120) break;
  }
}

/** Make one name stand out, and bring it into view. */
export function showOne(feature) {
  if (!map) return;
  for (const line of drawnLines.values()) if (line.options.weight !== 4) line.setStyle({ weight: 4, color: line.options.ink });
  if (!feature?.geometry) return;
  drawnLines.get(feature.properties.code)?.setStyle({ weight: 9, color: "#c2261f" }).bringToFront();
  const [lon, lat] = spotOf(feature.geometry);
  map.setView([lat, lon], Math.max(map.getZoom(), 15), { animate: !isCalm });
}

function legend(features) {
  const rows = [...ERAS.keys()].map((code) => [code, features.filter((one) => one.properties.era === code).length]).filter(([, number]) => number);
  drawLegend(t("时代与地名数", "Eras and names"), rows.map(([code, number]) => [
    el("span", { class: "era-seal key", style: `--era: ${eraOf(code).colour}` }, eraGlyph(code)), eraName(code), count(number),
  ]), t("虚线框：只知所在政区，不标点位。", "Dashed frame: known to a division only."));
}
