// In which class does a share fall, and how is the class drawn? Light to dark, so it survives
// colour blindness and a black-and-white print.

import { svg } from "atlas/dom.js";
import { t } from "atlas/words.js";

export const CLASSES = [
  { from: 0, colour: "#e6edf8", label: "0–20%" },
  { from: 0.2, colour: "#c6d6ee", label: "20–40%" },
  { from: 0.4, colour: "#90afdb", label: "40–60%" },
  { from: 0.6, colour: "#5580bd", label: "60–80%" },
  { from: 0.8, colour: "#234a86", label: t("80–100%", "80–100%") },
];
export const UNKNOWN = "url(#unknown)";

/** The index of the class of a share 0 … 1: a class holds its lower bound. */
export const classOf = (share) => CLASSES.findLastIndex((one) => share >= one.from);

/** A swatch for the legend. */
export const patch = (fill, stroke = "#5a6b76", dash = null) =>
  svg("svg", { width: 27, height: 17, "aria-hidden": "true" },
    svg("rect", { x: 0.5, y: 0.5, width: 26, height: 16, fill, stroke, "stroke-dasharray": dash }));

/** Patterns that areas refer to: slanted lines for gaps, dots for what is not known. */
export function defineHatch() {
  document.body.append(svg("svg", { width: 0, height: 0, style: "position:absolute", "aria-hidden": "true" }, svg("defs", {},
    svg("pattern", { id: "hatch", width: 7, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
      svg("line", { x1: 0, y1: 0, x2: 0, y2: 6, stroke: "#c75000", "stroke-width": 1.6, "stroke-opacity": 0.75 })),
    svg("pattern", { id: "unknown", width: 7, height: 7, patternUnits: "userSpaceOnUse" },
      svg("rect", { width: 7, height: 7, fill: "#f3f5f5" }), svg("circle", { cx: 3.5, cy: 3.5, r: 1.1, fill: "#7c8b94" })))));
}
