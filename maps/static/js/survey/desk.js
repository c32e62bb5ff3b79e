// What do the views of the surveyors' desk share: the ground, the lines, problems on the way?

import { ask as askPublic } from "atlas/api.js";
import { creditOutlines, drawLabels, layer, map, shape } from "atlas/board.js";
import { page } from "atlas/page.js";
import { ask } from "atlas/survey/door.js";

/** Draw the districts faintly; only once somebody is signed in. Null: the view was left meanwhile. */
export async function drawDeskGround() {
  const found = await askPublic("/units", { within: page.city.code, level: 3 }, "outlines").catch(() => ({ features: [] }));
  if (!found) return null;
  const units = found.features;
  if (!map) return units;
  const group = layer("ground").clearLayers();
  group.addLayer(shape(units, () => ({ className: "ground", pane: "ground", interactive: false })));
  drawLabels(group, units.filter((one) => one.geometry), (one) => one.properties.name);
  creditOutlines(units);
  return units;
}

/** All lines of the city, also those that are not public. */
export const allLines = (level = null) => ask("/register", { level }, "register");

/** Say a problem where the page can act on it: a dead token asks for another one. */
export const tellProblem = (problem) => document.dispatchEvent(new CustomEvent("atlas:refused", { detail: problem }));
