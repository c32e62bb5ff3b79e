// On what ground do the views of boundaries stand: today's outlines, empty layers, approvals?

import { ask } from "atlas/api.js";
import { creditOutlines, drawLabels, layer, map, nearby, openMap, shape } from "atlas/board.js";
import { extent } from "atlas/geodesy.js";
import { page } from "atlas/page.js";
import { chosen } from "atlas/state.js";
import { t } from "atlas/words.js";

let outlines = []; // of today: cities and counties

export const today = () => outlines;
export const ofCity = () => outlines.find((one) => one.properties.code === page.city.code) ?? null;
export const districts = () => outlines.filter(({ properties: p }) => p.parent_code === page.city.code && p.level === 3);

/** Load today's outlines and draw them faintly; the map then shows the city. */
export async function openGround(into = "today") {
  const all = await Promise.all([2, 3].map((one) => ask("/units", { level: one, on: chosen("on") }).catch(() => null)));
  outlines = all.flatMap((one) => one?.features ?? []);
  const inside = districts();
  if (map) {
    const around = nearby(outlines.filter((one) => one.properties.level === 3), inside);
    const group = layer(into).clearLayers();
    creditOutlines([...around, ...inside]);
    group.addLayer(shape([...around, ...inside], () => ({ className: "ground is-around outlined", pane: "ground", interactive: false })));
    drawLabels(group, around, (one) => one.properties.name, "place-label is-around");
  }
  openMap(extent(ofCity()?.geometry ?? null) ?? page.bounds);
}

export const clearMap = (codes) => codes.forEach((code) => layer(code)?.clearLayers());

/** The line that says which approval a layer of old boundaries has: its own, or none. */
export function approvalLine(code) {
  const number = page.approvals?.[code];
  const name = code === "old-lines" ? t("旧界线图层", "Old lines") : t("旧区划图层", "Old divisions");
  return number ? t(`${name}审图号：${number}`, `${name}, map approval no.: ${number}`) : t(`${name}未经地图审核`, `${name}: not reviewed as a map`);
}
