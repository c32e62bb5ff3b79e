// How is the history of all divisions drawn on one sheet: time to the right, a lane for each?

import { svg } from "atlas/dom.js";
import { isKnown, t } from "atlas/words.js";
import { FIRST_YEAR } from "atlas/survey/lanes.js";

const LEFT = 116, RIGHT = 22, TOP = 34, MAIN = 34, SUB = 26, GAP = 16, WIDE = 1160;
const TYPES = [["县", "county"], ["市", "city"], ["区", "district"]];

/** Light to dark as a county becomes a city and a city a district: it survives a grey print. */
export const typeOf = (name) => TYPES.find(([ending]) => name.endsWith(ending))?.[1] ?? "other";
export const typeName = (type) => ({ county: t("县", "county"), city: t("市（县级）", "county-level city"), district: t("区", "district"), other: t("其他", "other") })[type];

const decimal = (iso) => { const [year, month, date] = iso.split("-").map(Number); return year + (month - 1) / 12 + (date - 1) / 366; };

/** The chart as SVG, wide for a sheet; `until` is the last day. */
export function panelChart(lanes, until) {
  const end = decimal(until);
  const x = (year) => LEFT + ((Math.min(end, Math.max(FIRST_YEAR, year)) - FIRST_YEAR) / (end - FIRST_YEAR)) * (WIDE - LEFT - RIGHT);
  const parts = [];
  let y = TOP;
  for (const lane of lanes) {
    const top = y;
    const rows = [];
    lane.rows.forEach((stages, at) => {
      const height = at ? SUB : MAIN;
      if (at) y += 5;
      for (const stage of stages) rows.push(bar(stage, x, y, height, end, at));
      if (at) rows.push(flow(stages, x, y, height, top + MAIN));
      y += height;
    });
    parts.push(svg("g", {}, label(lane, top), rows, numbers(lane, x, top)));
    y += GAP;
  }
  const high = y + 6;
  return svg("svg", { viewBox: `0 0 ${WIDE} ${high}`, class: "chart", role: "img", "aria-label": t("各区划的名称与代码随时间的变化；内容与下表相同", "Names and codes of each division through time; the table below says the same") },
    axis(x, end, high), parts);
}

function axis(x, end, high) {
  const years = [];
  for (let year = FIRST_YEAR; year <= end; year += 5) years.push(year);
  return svg("g", { class: "axis", "aria-hidden": "true" }, years.map((year) => [
    svg("line", { x1: x(year), x2: x(year), y1: TOP - 10, y2: high }),
    svg("text", { x: x(year), y: 16, "text-anchor": "middle" }, year),
  ]));
}

const label = (lane, top) => svg("text", { x: LEFT - 12, y: top + MAIN / 2 + 6, "text-anchor": "end", class: `lane-name${lane.isGone ? " is-gone" : ""}` }, lane.name);

function bar(stage, x, y, height, end, isSub) {
  const [from, to] = [isKnown(stage.valid_from) ? decimal(stage.valid_from) : null, isKnown(stage.valid_until) ? decimal(stage.valid_until) : end];
  const [left, right] = [x(from ?? FIRST_YEAR), x(to)];
  if (right - left < 1) return null;
  const name = right - left > 118 ? `${stage.name} ${stage.code.slice(0, 6)}` : stage.name;
  const room = right - left;
  const [fits, isTight] = [room > stage.name.length * 12.5 + 4, room <= stage.name.length * 15.5 + 16];
  return svg("g", { class: `bar-of is-${typeOf(stage.name)}${isSub ? " is-sub" : ""}` },
    svg("rect", { x: left, y, width: Math.max(1, right - left - 2), height, rx: 2 }),
    from === null && svg("path", { class: "open-end", d: `M${left} ${y} l7 ${height / 4} l-7 ${height / 4} l7 ${height / 4} l-7 ${height / 4}` }),
    svg("text", fits ? { x: left + (isTight ? 3 : 12), class: isTight ? "tight-name" : null, y: y + height / 2 + 5 } : { x: right + 4, y: y + height / 2 + 5, class: "outside" }, fits ? name : stage.name));
}

/** A unit that was taken up flows into the lane above on that day. */
function flow(stages, x, y, height, into) {
  const last = stages.at(-1);
  if (!isKnown(last?.valid_until)) return null;
  const at = x(decimal(last.valid_until)) - 1;
  return svg("path", { class: "flow", d: `M${at - 1} ${y + height / 2} H${at + 9} V${into + 7} m-4 0 l4 -6 l4 6 Z` });
}

/** Numbers of the changes stand on the upper edge of the lane, as in the table. */
function numbers(lane, x, top) {
  const used = [];
  return lane.events.map((event) => {
    let at = x(isKnown(event.effective_on) ? decimal(event.effective_on) : event.event_year);
    while (used.some((other) => Math.abs(other - at) < 20)) at += 20;
    used.push(at);
    return svg("g", { class: "event-number" }, svg("circle", { cx: at, cy: top - 2, r: 9.5 }), svg("text", { x: at, y: top + 2.5, "text-anchor": "middle" }, event.number));
  });
}
