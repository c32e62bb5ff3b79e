// Which sign does a kind of facility have? Shape and letter first, colour as a third sign.

import { svg, el } from "atlas/dom.js";
import { colourOf, kinds } from "atlas/page.js";
import { t } from "atlas/words.js";

const SHAPES = {
  square: "M-10-11h20a2 2 0 0 1 2 2v18a2 2 0 0 1-2 2h-20a2 2 0 0 1-2-2v-18a2 2 0 0 1 2-2z",
  circle: "M0-12a12 12 0 1 1 0 24a12 12 0 1 1 0-24z",
  triangle: "M0-14 14 10.5h-28z",
  diamond: "M0-14.5 14.5 0 0 14.5-14.5 0z",
  pentagon: "M0-13.5 13.5-3.5 8.4 12h-16.8l-5.1-15.5z",
  hexagon: "M-7-12h14l7 12-7 12h-14l-7-12z",
};

/** The letter of a kind: 餐, in English the first letters of its name. */
const letterOf = (known) => t(known.glyph, known.en.split(/[\s-]+/).slice(0, 2).map((word) => word[0].toUpperCase()).join(""));

/** The sign of a kind: with its letter, or filled with a number that the list repeats. */
export function sign(kind, { number = null, size = 30, isHollow = false } = {}) {
  const known = kinds.get(kind);
  const shape = known?.shape ?? "circle";
  const text = number ?? (known ? letterOf(known) : "·");
  const drop = shape === "triangle" ? 3.4 : 0;
  return svg("svg", {
    viewBox: "-16 -16 32 32", width: size, height: size, "aria-hidden": "true",
    class: `sign${number === null ? "" : " numbered"}${isHollow ? " hollow" : ""}`, style: `--kind:${colourOf(kind)}`,
  },
  svg("path", { d: SHAPES[shape], "stroke-linejoin": "round" }),
  svg("text", { y: 4.3 + drop, "text-anchor": "middle", "font-size": number === null ? 12 : 13 }, text));
}

/** A round badge with a count, for clusters. */
export const badge = (text, title) => el("span", { class: "badge" }, text, el("span", { class: "sr" }, title));
