// How do the markers of one line stand along it, and how far off? A profile and its table.

import { el, svg } from "atlas/dom.js";
import { centimetres, stateName, verdictName } from "atlas/survey/marker_signs.js";
import { count, metres, t } from "atlas/words.js";

const WIDE = 620, HIGH = 190, LEFT = 46, RIGHT = 14, BASE = 142, TOP = 18;

/** `rows`: {number, state, verdict, chainage, offset, distance, tolerance}; `lengthM` of the line. */
export function profile(rows, lengthM, openNumber, pick) {
  const placed = rows.filter((one) => one.chainage !== null).sort((a, b) => a.chainage - b.chainage);
  if (!placed.length) return el("p", { class: "hint" }, t("没有可定位的界桩，不画里程图。", "No marker has a firm place: there is no profile."));
  const end = Math.max(lengthM, ...placed.map((one) => one.chainage));
  const most = Math.max(1, ...placed.map((one) => Math.max(one.distance ?? 0, one.tolerance ?? 0))) * 1.08;
  const x = (chainage) => LEFT + (chainage / end) * (WIDE - LEFT - RIGHT);
  const y = (distance) => BASE - (distance / most) * (BASE - TOP);
  const limits = [...new Set(placed.map((one) => one.tolerance).filter(Boolean))];
  return [
    el("div", { class: "profile", tabindex: "0", role: "group", "aria-label": t("里程图，可左右滚动", "Profile, scrolls sideways") },
      svg("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", "aria-label": t("界桩沿界线的里程与偏差，下表内容相同", "Markers along the line with their deviations; the table below says the same") },
        [0.25, 0.5, 0.75, 1].map((share) => svg("line", { class: "grid", x1: LEFT, x2: WIDE - RIGHT, y1: y(most * share), y2: y(most * share) })),
        svg("text", { class: "soft", x: LEFT - 6, y: y(most) + 4, "text-anchor": "end" }, `${centimetres(most)}`),
        svg("text", { class: "soft", x: LEFT - 6, y: BASE + 4, "text-anchor": "end" }, t("0 米", "0 m")),
        limits.map((limit) => [svg("line", { class: "limit", x1: LEFT, x2: WIDE - RIGHT, y1: y(limit), y2: y(limit) }), svg("text", { class: "soft", x: WIDE - RIGHT, y: y(limit) - 4, "text-anchor": "end" }, t(`限差 ${centimetres(limit)} 米`, `limit ${centimetres(limit)} m`))]),
        svg("line", { class: "base", x1: x(0), x2: x(end), y1: BASE, y2: BASE }),
        placed.map((one) => [
          one.distance !== null && svg("line", { class: `stem arrow is-${one.verdict}`, x1: x(one.chainage), x2: x(one.chainage), y1: BASE, y2: y(one.distance) }),
          dot(one, x(one.chainage), one.distance === null ? BASE : y(one.distance), one.number === openNumber),
        ]),
        every(placed, 9).map((one) => svg("text", { class: "soft", x: x(one.chainage), y: BASE + 18, "text-anchor": "middle" }, one.serial ?? "")),
        svg("text", { class: "soft", x: LEFT, y: HIGH - 8 }, t("桩序 →（自起点，里程为量算值）", "serial → (from the beginning, measured)")),
        svg("text", { class: "soft", x: WIDE - RIGHT, y: HIGH - 8, "text-anchor": "end" }, metres(end)))),
    el("div", { class: "wide-table", tabindex: "0", role: "group", "aria-label": t("里程表", "Table of chainages") }, el("table", { class: "figures" },
      el("thead", {}, el("tr", {}, [t("界桩", "Marker"), t("里程 米 · 量算值", "Chainage m, measured"), t("离线 米", "Off the line m"), t("偏差 米", "Deviation m"), t("判定", "Verdict")].map((head) => el("th", { scope: "col" }, head)))),
      el("tbody", {}, placed.map((one) => el("tr", { class: one.number === openNumber ? "is-open" : null },
        el("th", { scope: "row" }, el("button", { type: "button", onclick: () => pick(one.number) }, one.number), " ", el("span", { class: "small" }, stateName(one.state))),
        el("td", {}, count(one.chainage)), el("td", {}, centimetres(one.offset, true)), el("td", {}, centimetres(one.distance)), el("td", {}, verdictName(one.verdict))))))),
  ];
}

/** A circle is within, a square to be checked, a triangle over, a ring without verdict. */
const dot = (one, x, y, isOpen) => svg("path", {
  class: `dot is-${one.verdict}${isOpen ? " is-open" : ""}`,
  d: { over: `M${x} ${y - 6} l6 10 h-12 Z`, check: `M${x - 5} ${y - 5} h10 v10 h-10 Z` }[one.verdict] ?? `M${x - 5} ${y} a5 5 0 1 0 10 0 a5 5 0 1 0 -10 0`,
});

const every = (rows, most) => rows.filter((_, at) => at % Math.ceil(rows.length / most) === 0);
