// How are boundary lines and tri-junctions drawn: by what they part, by what they rest on?

import { layer, map, mark, shape } from "atlas/board.js";
import { svg } from "atlas/dom.js";
import { t } from "atlas/words.js";

// Form before colour: width and rhythm tell the grade on a black-and-white print too.
export const FORMS = {
  1: { width: 4.6, dash: "16 4 2 4 2 4" }, 2: { width: 3.6, dash: "12 4 2 4" },
  3: { width: 2.6, dash: "8 4" }, 4: { width: 1.8, dash: "2 3" }, 5: { width: 1.4, dash: "1 3" },
};
const form = (grade) => FORMS[grade] ?? FORMS[3];
export const gradeOf = (p) => p.grade ?? p.level;

/** A sample of a line for legend and list. */
export const lineSign = (grade, extra = "") => svg("svg", { width: 44, height: 14, class: "line-sign", "aria-hidden": "true" },
  svg("line", { x1: 1, x2: 43, y1: 7, y2: 7, class: `bline grade-${grade} ${extra}`, "stroke-width": form(grade).width, "stroke-dasharray": form(grade).dash }));

/** A tri-junction: a triangle; a quadri-point, to be checked, a square. */
export const junctionSign = (kind, size = 16) => svg("svg", { width: size, height: size, viewBox: "0 0 16 16", class: `junction is-${kind}`, "aria-hidden": "true" },
  kind === "trijunction" ? svg("path", { d: "M8 1.5 15 14H1Z" }) : svg("path", { d: "M2 2H14V14H2Z" }));

/** Draw lines, the highest grade above; `pick` takes the code of one that is clicked. */
export function drawLines(lines, openCode, pick, into = "lines") {
  if (!map) return;
  const group = layer(into).clearLayers();
  const ordered = [...lines].filter((one) => one.geometry).sort((a, b) => gradeOf(b.properties) - gradeOf(a.properties));
  const style = (extra) => ({ properties: p }) => ({
    className: `bline grade-${gradeOf(p)}${p.code === openCode ? " is-open" : ""}${p.is_disputed ? " is-disputed" : ""}${p.due ? ` is-due-${p.due}` : ""}${extra}`,
    pane: "lines", weight: form(gradeOf(p)).width + (extra ? 4 : 0), dashArray: extra ? null : form(gradeOf(p)).dash, interactive: !extra, fill: false,
  });
  group.addLayer(shape(ordered, style(" is-casing")));
  group.addLayer(shape(ordered, style(""), (one, part) => part.on("click", (event) => { globalThis.L.DomEvent.stop(event); pick(one.properties.code); })));
  // A thin line is hard to hit: a broad one without colour takes the click as well.
  group.addLayer(shape(ordered, () => ({ className: "bline-reach", pane: "lines", weight: 16, fill: false }), (one, part) => part.on("click", () => pick(one.properties.code))));
}

export function drawJunctions(junctions, openAt, pick) {
  if (!map) return;
  const group = layer("junctions").clearLayers();
  junctions.forEach((one, at) => {
    if (!one.geometry) return;
    group.addLayer(mark(one.geometry.coordinates, junctionSign(one.properties.kind), {
      name: one.properties.names.map((name) => name ?? t("未知", "unknown")).join(" · "), size: 16, inList: true,
      onclick: () => pick(at), className: `mark${at === openAt ? " is-open" : ""}`,
    }));
  });
}
