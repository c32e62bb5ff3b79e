// How is a shift of metres shown on a map of kilometres? As an arrow, drawn so many times longer.

import { layer, map, mark } from "atlas/board.js";
import { svg } from "atlas/dom.js";

const LONGEST_PX = 84;
const L = globalThis.L;

/** 1, 2 or 5 times a power of ten: a factor that can be said. */
export function nice(value) {
  if (!(value > 0) || !Number.isFinite(value)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return Math.max(1, [5, 2, 1].find((step) => step * power <= value) * power);
}

/** By how much arrows are exaggerated on the map as it stands. */
export function factorFor(longestM) {
  if (!map || !longestM) return null;
  const size = map.getSize();
  const metres = map.distance(map.containerPointToLatLng([0, size.y / 2]), map.containerPointToLatLng([100, size.y / 2])) / 100;
  return nice((LONGEST_PX * metres) / longestM);
}

/** Draw an arrow from each place along ΔN, ΔE (metres), `factor` times longer than it is. */
export function drawArrows(rows, factor, openNumber) {
  const group = layer("deviations")?.clearLayers();
  if (!group || !factor) return;
  for (const { place, north, east, verdict, number } of rows) {
    const lat = place[1] + (north * factor) / 111_320;
    const lon = place[0] + (east * factor) / (111_320 * Math.cos((place[1] * Math.PI) / 180));
    const [from, to] = [map.latLngToLayerPoint([place[1], place[0]]), map.latLngToLayerPoint([lat, lon])];
    const turn = (Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI;
    group.addLayer(L.polyline([[place[1], place[0]], [lat, lon]], { className: `arrow is-${verdict}${number === openNumber ? " is-open" : ""}`, pane: "numbers", interactive: false }));
    const head = svg("svg", { width: 14, height: 14, viewBox: "-7 -7 14 14", class: `arrow-head is-${verdict}`, style: `transform:rotate(${turn.toFixed(1)}deg)` }, svg("path", { d: "M6 0-5-5v10Z" }));
    group.addLayer(mark([lon, lat], head, { size: 14, pane: "numbers", className: "mark is-flat" }));
  }
}
