// Where are the elders out of reach? Numbered areas on the map, the same numbers in the list.

import { age } from "atlas/access/question.js";
import { gapCode, gapsShown, indicator, opened, synthetic, view } from "atlas/access/view.js";
import { ask, sorry } from "atlas/api.js";
import { layer, map, mark, shape } from "atlas/board.js";
import { byId, el, put } from "atlas/dom.js";
import { labelPoint } from "atlas/geodesy.js";
import { drawRows, PAGE_SIZE, pageOf } from "atlas/rows.js";
import { chosen } from "atlas/state.js";
import { count, isKnown, metres, squareKm, t, withheld } from "atlas/words.js";

const L = globalThis.L;
let at = 0;

export const firstPage = () => { at = 0; };

/** Turn to the page of the list that holds the open gap. */
export function turnToOpen() {
  const found = gapsShown().findIndex((gap) => gapCode(gap) === opened());
  if (found >= 0) at = Math.floor(found / PAGE_SIZE);
}

/** How gaps are drawn now: numbered beside their list, faint under a measure that has some, or not. */
export const gapLook = () => (chosen("tab") === "gaps" ? "numbered" : indicator().hasGaps && chosen("tab") !== "sites" ? "faint" : null);

export function drawGaps(pick) {
  if (!map) return;
  const group = layer("gaps").clearLayers();
  const isListed = gapLook() === "numbered";
  if (!gapLook()) return;
  const shown = gapsShown();
  group.addLayer(shape(shown, (gap) => ({ className: `gap${isListed ? "" : " is-behind"}${gapCode(gap) === opened() ? " is-open" : ""}`, pane: "gaps" }),
    (gap, part) => part.on("click", (event) => { L.DomEvent.stop(event); pick(gapCode(gap)); })));
  if (isListed) pageOf(shown, at).forEach((gap) => {
    const point = labelPoint(gap.geometry);
    if (point) group.addLayer(mark(point, el("span", { class: "ring", style: "--ring:#b34700" }, gap.properties.rank), {
      size: 28, pane: "numbers", name: t(`缺口 ${gap.properties.rank}`, `gap ${gap.properties.rank}`), onclick: () => pick(gapCode(gap)),
    }));
  });
}

/** The list of gaps: elders, area, distance to the nearest; the open one with names nearby. */
export function drawGapList(host, pick) {
  put(host,
    el("h2", {}, t("够不着的老人，多的在前", "Elders out of reach, the most first"), " ", synthetic()),
    view.gapsProblem ? sorry(view.gapsProblem) : !view.gaps ? el("p", { class: "empty" }, t("正在计算缺口…", "Computing gaps…")) : el("div", { id: "gap-list" }));
  if (!view.gaps) return;
  const [shown, found] = [gapsShown(), view.gaps.summary?.gap_count];
  if (found > view.gaps.features.length) host.append(el("p", { class: "hint" }, t(`共 ${count(found)} 处，此处列出人数最多的 ${count(view.gaps.features.length)} 处。`, `${count(found)} in all; the ${count(view.gaps.features.length)} with the most people are listed.`)));
  drawRows(byId("gap-list"), shown, at, {
    draw: (gap) => [gapRow(gap, pick), gapCode(gap) === opened() && el("p", { class: "row-note nearby", id: "nearby" })],
    turn: (to) => { at = to; drawGapList(host, pick); drawGaps(pick); },
    unit: t(" 处", ""),
    empty: isKnown(found) ? t("没有缺口。", "No gap.") : t("缺口未知。", "Gaps are unknown."),
  });
  const open = shown.find((gap) => gapCode(gap) === opened());
  if (open) nameAround(open);
}

function gapRow(gap, pick) {
  const p = gap.properties;
  const people = p[`people_${age()}`];
  return el("button", { type: "button", class: "row", "aria-pressed": String(gapCode(gap) === opened()), "data-code": gapCode(gap), onclick: () => pick(gapCode(gap)) },
    el("span", { class: "number", style: "background:#9a3d00" }, p.rank),
    el("span", { class: "row-text" },
      el("span", { class: "row-name" }, isKnown(people) ? t(`${count(people)} 人`, `${count(people)} people`) : t(`人数少，${withheld()}`, "few people: not published")),
      el("span", { class: "row-note" }, p.area_name, " ", synthetic())),
    el("span", { class: "row-end" },
      el("span", {}, squareKm(p.area_m2), " ", el("span", { class: "small" }, t("量算值", "measured"))),
      el("span", { class: "small" }, t("距最近一处平均 ", "nearest on average "), isKnown(p.nearest_m) ? metres(p.nearest_m) : people === 0 ? "—" : isKnown(people) ? t("未知", "unknown") : withheld())));
}

/** Names of places near the middle of a gap, so that one knows where it is. */
async function nameAround(gap) {
  const point = labelPoint(gap.geometry);
  if (!point) return;
  const asked = { lon: point[0].toFixed(5), lat: point[1].toFixed(5), limit: 3, on: chosen("on") };
  const found = await ask("/places/near", asked, "nearby").catch(() => null);
  const host = byId("nearby");
  if (!host || !found) return;
  const names = found.features.map(({ properties: p }) => `${p.name}${isKnown(p.distance_m) ? t(`（约 ${metres(p.distance_m)}）`, ` (about ${metres(p.distance_m)})`) : ""}`);
  put(host, names.length ? t(`缺口中部附近：${names.join("、")}`, `Near its middle: ${names.join(", ")}`) : t("附近没有已知地名。", "No known name nearby."));
}
