// What lies within 5, 10 and 15 minutes on foot of one facility, and what does that rest on?

import { fallsBack, isOnFoot, MINUTES, pace, question } from "atlas/access/question.js";
import { ask, sorry } from "atlas/api.js";
import { drawLabels, layer, map, shape, show } from "atlas/board.js";
import { patch } from "atlas/classes.js";
import { el, put } from "atlas/dom.js";
import { extent } from "atlas/geodesy.js";
import { isSaved } from "atlas/page.js";
import { choose, chosen } from "atlas/state.js";
import { count, day, isKnown, known, metres, t } from "atlas/words.js";

const L = globalThis.L;
const FILLS = { 5: "#5b2a86", 10: "#8d63b3", 15: "#bfa3d6" };
let drawn = null; // the answer whose areas are on the map

/** Ask for the areas of a facility, draw them and say what they are in `host`. */
export async function drawAround(host, site) {
  if (isSaved) {
    drawCircle(site);
    put(host, el("p", { class: "hint" }, t(`地图上的虚线圆为直线 ${metres(question().radius_m)}。`, `The dashed circle on the map is ${metres(question().radius_m)} in a straight line.`)));
    return;
  }
  put(host, el("p", { class: "hint" }, t("正在计算步行范围…", "Computing walking areas…")));
  const asked = {
    facility: site.properties.code, minutes: MINUTES, on: chosen("on"), network: isOnFoot() ? chosen("network") : null,
    pace: pace() === "planning" ? "planning" : null, fallback: fallsBack() ? "line" : null,
  };
  try {
    const found = await ask("/access/isochrone", asked, "around");
    if (!found || !host.isConnected) return;
    drawn = found;
    drawShapes();
    put(host, table(found), statement(found, host, site), sources(found));
    document.dispatchEvent(new CustomEvent("atlas:drawn"));
  } catch (problem) {
    if (host.isConnected) put(host, sorry(problem));
  }
}

/** Nothing is drawn around a facility any more. */
export function forgetAround() {
  drawn = null;
  layer("reach")?.clearLayers();
}

const shaped = () => (drawn?.features ?? []).filter((one) => one.geometry);
const isLine = (one) => one.properties.measured_by === "line";
const minutesOf = (one) => t(`${count(one.properties.minutes)} 分钟`, `${count(one.properties.minutes)} min`);

function drawShapes() {
  if (!map) return;
  const group = layer("reach").clearLayers();
  if (!map.hasLayer(group)) map.addLayer(group);
  group.addLayer(shape(shaped(), (one) => ({
    className: `reach${isLine(one) ? " is-line" : ""}`, fillColor: FILLS[one.properties.minutes] ?? FILLS[15], pane: "gaps", interactive: false,
  })));
  drawLabels(group, shaped().map((one) => ({ ...one, geometry: { type: "Point", coordinates: top(one.geometry) } })), minutesOf, "value-label reach-label");
  const box = extent(shaped()[0]?.geometry ?? null) ?? (drawn?.facility && [drawn.facility.lon, drawn.facility.lat, drawn.facility.lon, drawn.facility.lat]);
  if (box) show(box, { maxZoom: shaped().length ? 16 : 13 });
}

/** The northernmost corner of an area. */
function top(geometry) {
  let best = null;
  const walk = (part) => {
    if (typeof part[0] !== "number") part.forEach(walk);
    else if (!best || part[1] > best[1]) best = part;
  };
  walk(geometry.coordinates);
  return best;
}

function drawCircle(site) {
  if (!map || !site.geometry) return;
  const [lon, lat] = site.geometry.coordinates;
  const circle = L.circle([lat, lon], { radius: question().radius_m, className: "reach is-line", fillColor: FILLS[15], pane: "gaps", interactive: false });
  layer("reach").clearLayers().addLayer(circle);
  if (!map.hasLayer(layer("reach"))) map.addLayer(layer("reach"));
  map.setView([lat, lon], Math.max(map.getZoom(), 14), { animate: false });
}

function table(found) {
  const rows = [...found.features].reverse();
  const ways = (p) => (isKnown(p.ways_m) ? metres(p.ways_m) : p.measured_by === "line" ? "—" : t("未知", "unknown"));
  const by = { walk: t("步行", "on foot"), line: t("直线", "straight line") };
  return el("table", { class: "figures" },
    el("caption", {}, t(`步行等时圈，${found.speed_m_s} 米/秒`, `Walking areas at ${found.speed_m_s} m/s`)),
    el("thead", {}, el("tr", {}, [t("时间", "Time"), t("相当于", "Metres"), t("可达道路（量算值）", "Ways reached (measured)"), t("依据", "By")].map((head) => el("th", { scope: "col" }, head)))),
    el("tbody", {}, rows.map((one) => el("tr", {}, el("th", { scope: "row" }, minutesOf(one)), el("td", {}, metres(one.properties.metres)),
      el("td", {}, ways(one.properties)), el("td", {}, by[one.properties.measured_by] ?? t("未知", "unknown"))))));
}

/** What the reader must know: no network here, the straight line that was asked for, too far away. */
function statement(found, host, site) {
  const say = (isAsked) => { choose({ fallback: isAsked ? "line" : null }); document.dispatchEvent(new CustomEvent("atlas:fallback")); drawAround(host, site); };
  if (found.network !== "none") {
    if (!found.is_too_far) return isKnown(found.beside_m) && el("p", { class: "hint" }, t(`距最近的道路 ${metres(found.beside_m)}，按直线走过去。`, `${metres(found.beside_m)} from the nearest way, walked straight.`));
    return el("p", { class: "warning" }, t(`此处距最近的道路 ${metres(found.beside_m)}，超过接入上限，步行范围未知；未用直线代替。`, `This place lies ${metres(found.beside_m)} from any way, beyond the limit: unknown on foot, and no straight line stands in for it.`));
  }
  return fallsBack()
    ? el("div", { class: "warning" }, el("p", {}, t("此处没有步行路网。应您的要求画直线圆，实际步行更远。", "There is no walking network here. As you asked, straight-line circles are drawn; walking is farther.")),
      el("button", { type: "button", class: "plain", onclick: () => say(false) }, t("不用直线", "No straight line")))
    : el("div", { class: "warning" }, el("p", {}, t("此处没有步行路网，步行范围未知；未用直线代替。", "There is no walking network here: unknown on foot, and no straight line stands in for it.")),
      el("button", { type: "button", class: "plain", onclick: () => say(true) }, t("改画直线圆", "Draw straight-line circles")));
}

function sources(found) {
  const roads = found.sources.map((one) => `${known(one.source)}${isKnown(one.source_date) ? ` ${day(one.source_date)}` : ""}${one.is_synthetic ? t("（合成）", " (synthetic)") : ""}`);
  return el("p", { class: "source" }, known(t(found.method, found.method_en)), roads.length > 0 && t(` 道路来源：${roads.join("；")}。`, ` Roads: ${roads.join("; ")}.`));
}

/** Rows of the legend for the areas that are drawn. */
export const aroundKey = () => [...shaped()].reverse().map((one) => [
  patch(FILLS[one.properties.minutes] ?? FILLS[15], "#5b2a86", isLine(one) ? "3 2" : null),
  `${minutesOf(one)}${isLine(one) ? t("（直线）", " (straight line)") : ""}`, metres(one.properties.metres)]);
