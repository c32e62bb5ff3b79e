// How do numbers become a small drawing that a screen reader can pass over: lines, a Lorenz curve?

import { el, svg } from "atlas/dom.js";
import { isKnown, percent, t } from "atlas/words.js";

const [WIDE, HIGH] = [380, 212];
const ROOM = { left: 44, right: 16, top: 18, bottom: 28 };
const across = (part) => ROOM.left + part * (WIDE - ROOM.left - ROOM.right);
const up = (part) => HIGH - ROOM.bottom - part * (HIGH - ROOM.top - ROOM.bottom);
const place = (x, y) => `${x.toFixed(1)},${y.toFixed(1)}`;

/** The end of an axis from 0 on that leaves the lines most of the room. */
export const roofOf = (most) => [0.02, 0.04, 0.08, 0.2, 0.4, 0.6, 0.8, 1].find((roof) => most <= roof * 0.9) ?? 1;

/**
 * Shares over time: lines of {name, values (0 to 1, null = unknown), mark}, over `labels`. The
 * numbers stand in a table beside it: the drawing is one picture with a name for a screen reader.
 */
export function shareLines(title, labels, lines) {
  const roof = roofOf(Math.max(0, ...lines.flatMap((line) => line.values).filter(isKnown)));
  const x = (i) => across(labels.length > 1 ? 0.06 + (0.9 * i) / (labels.length - 1) : 0.5);
  return el("figure", { class: "chart" },
    svg("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", "aria-label": title },
      [0, 0.25, 0.5, 0.75, 1].map((part) => grid(part, roof)),
      labels.map((label, i) => (labels.length <= 8 || i % 2 === labels.length % 2 || i === labels.length - 1)
        && svg("text", { x: x(i), y: HIGH - 8, "text-anchor": "middle" }, label)),
      lines.map((line, k) => [
        svg("path", { d: trace(line.values.map((value, i) => (isKnown(value) ? place(x(i), up(value / roof)) : null))), class: `chart-line is-${k}` }),
        line.values.map((value, i) => isKnown(value) && [
          dot(k, x(i), up(value / roof)),
          (k === 0 && labels.length <= 8) && svg("text", { x: x(i), y: up(value / roof) - 9, "text-anchor": "middle", class: "chart-value" }, percent(value))]),
      ])),
    lines.length > 1 && el("ul", { class: "chart-key" }, lines.map((line, k) =>
      el("li", {}, svg("svg", { viewBox: "0 0 30 12", width: 30, height: 12, "aria-hidden": "true" }, svg("path", { d: "M1,6H29", class: `chart-line is-${k}` }), dot(k, 15, 6)), line.name))));
}

const grid = (part, roof) => [
  svg("line", { x1: ROOM.left, x2: WIDE - ROOM.right, y1: up(part), y2: up(part), class: part ? "chart-grid" : "chart-axis" }),
  svg("text", { x: ROOM.left - 6, y: up(part) + 4, "text-anchor": "end" }, `${+(part * roof * 100).toFixed(2)}%`)];

/** Rounds for the first line, squares for the second: not by colour alone. */
const dot = (k, x, y) => (k
  ? svg("rect", { x: x - 4, y: y - 4, width: 8, height: 8, class: "chart-dot is-1" })
  : svg("circle", { cx: x, cy: y, r: 4.2, class: "chart-dot is-0" }));

/** A path through points; where one is null it stops and begins again. */
function trace(points) {
  return points.map((point, i) => (point === null ? "" : `${i && points[i - 1] !== null ? "L" : "M"}${point}`)).join("");
}

/** A Lorenz curve from points [people, share] of 0 to 1, with the line of equal shares. */
export function lorenzCurve(title, points) {
  const side = HIGH - ROOM.top - ROOM.bottom;
  const x = (part) => ROOM.left + part * side;
  return el("figure", { class: "chart" },
    svg("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", "aria-label": title },
      [0, 0.5, 1].map((part) => [
        svg("line", { x1: x(0), x2: x(1), y1: up(part), y2: up(part), class: part ? "chart-grid" : "chart-axis" }),
        svg("line", { x1: x(part), x2: x(part), y1: up(0), y2: up(1), class: part ? "chart-grid" : "chart-axis" }),
        svg("text", { x: x(0) - 6, y: up(part) + 4, "text-anchor": "end" }, `${part * 100}%`),
        svg("text", { x: x(part), y: HIGH - 8, "text-anchor": "middle" }, `${part * 100}%`)]),
      svg("path", { d: `${trace(points.map(([a, b]) => place(x(a), up(b))))}Z`, class: "chart-between" }),
      svg("path", { d: `M${place(x(0), up(0))}L${place(x(1), up(1))}`, class: "chart-even" }),
      svg("path", { d: trace(points.map(([a, b]) => place(x(a), up(b)))), class: "chart-line is-0" }),
      points.slice(1, -1).map(([a, b]) => dot(0, x(a), up(b))),
      [t("横：老人累计", "Across: elders,"), t("（由少到多）", "those with least first"), t("纵：所得供给累计", "Up: their supply"), t("斜线：人人相同", "Slanted: all alike")].map((line, i) =>
        svg("text", { x: x(1) + 16, y: up(1) + 12 + i * 20 + (i > 1 ? 8 : 0) }, line))));
}
