// What does a small map of today's divisions look like on a printed sheet?

import { svg } from "atlas/dom.js";
import { extent, labelPoint } from "atlas/geodesy.js";
import { t } from "atlas/words.js";

const WIDE = 330;

/** Outlines as SVG in an equirectangular picture true at its middle; null where none is served. */
export function panelMap(units) {
  const drawn = units.filter((one) => one.geometry);
  if (!drawn.length) return null;
  const boxes = drawn.map((one) => extent(one.geometry));
  const [west, south, east, north] = [Math.min(...boxes.map((b) => b[0])), Math.min(...boxes.map((b) => b[1])), Math.max(...boxes.map((b) => b[2])), Math.max(...boxes.map((b) => b[3]))];
  const squash = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const scale = (WIDE - 8) / ((east - west) * squash);
  const place = ([lon, lat]) => [4 + (lon - west) * squash * scale, 4 + (north - lat) * scale];
  const ring = (points) => `M${points.map((point) => place(point).map((value) => value.toFixed(1)).join(" ")).join("L")}Z`;
  const path = ({ type, coordinates }) => (type === "MultiPolygon" ? coordinates : [coordinates]).map((polygon) => polygon.map(ring).join("")).join("");
  const km = 20;
  const bar = (km / 111.32) * scale;
  const high = (north - south) * scale + 34;
  return svg("svg", { viewBox: `0 0 ${WIDE} ${high}`, class: "panel-map", role: "img", "aria-label": t("今日区划示意", "Divisions of today, schematic") },
    drawn.map((one) => svg("path", { d: path(one.geometry), "fill-rule": "evenodd" })),
    drawn.map((one) => { const [x, y] = place(labelPoint(one.geometry)); return svg("text", { x, y, "text-anchor": "middle" }, one.properties.name); }),
    svg("path", { class: "scale", d: `M4 ${high - 12} v5 h${bar} v-5` }), svg("text", { class: "scale-words", x: bar + 10, y: high - 6 }, `${km} ${t("公里", "km")}`));
}
