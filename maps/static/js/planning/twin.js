// How do two maps stand side by side and move in step? On a phone one map shows either side.

import { layer, map, resized, shape } from "atlas/board.js";
import { el } from "atlas/dom.js";
import { choice, isPhone } from "atlas/rows.js";
import { dot, forgetMap, outlines } from "atlas/planning/desk.js";
import { isKnown, t } from "atlas/words.js";

const L = globalThis.L;
const PANES = { ground: 250, areas: 350, labels: 450, numbers: 640 };
let twin = null; // the second map
let bar = null; // the captions, or the switch of a phone
let undo = [];
let side = "after";

/** Show both sides: `paint(side, map, group)` colours one of them. */
export function openTwin({ paint, title }) {
  closeTwin();
  if (!map) return;
  const stage = map.getContainer().parentElement;
  if (isPhone.matches) {
    const turn = (to) => {
      side = to;
      paint(side);
      bar.replaceChildren(choice(t("看哪一边", "Which side"), [["before", t("今天", "Today")], ["after", t("情景", "Scenario")]], side, turn));
    };
    bar = el("div", { class: "twin-switch" });
    stage.append(bar);
    turn(side);
    return;
  }
  stage.classList.add("has-twin");
  const host = el("div", { class: "twin-map", role: "application", "aria-label": t("情景地图：与左图同步移动", "Map of the scenario: moves with the left one") });
  bar = el("div", { class: "twin-titles", "aria-hidden": "true" }, el("span", {}, t("今天", "Today")), el("span", {}, t(`情景：${title}`, `Scenario: ${title}`)));
  stage.append(host, bar);
  resized();
  twin = L.map(host, { zoomControl: false, attributionControl: false, zoomSnap: 0.25, minZoom: 5, maxZoom: 18, zoomAnimation: false, fadeAnimation: false });
  for (const [name, height] of Object.entries(PANES)) twin.createPane(name).style.zIndex = height;
  twin.setView(map.getCenter(), map.getZoom(), { animate: false });
  shape(outlines.district, () => ({ className: "ground", pane: "ground", interactive: false })).addTo(twin);
  keepInStep(map, twin);
  keepInStep(twin, map);
  keepSize(host);
  paint("before");
  paint("after", twin, L.featureGroup().addTo(twin));
}

/** Where one map goes, the other follows; each follows only what moved without it. */
let leading = null;
function keepInStep(from, to) {
  const follow = () => {
    if (leading && leading !== from) return;
    leading = from;
    to.setView(from.getCenter(), from.getZoom(), { animate: false });
    leading = null;
  };
  from.on("move zoom", follow);
  undo.push(() => from.off("move zoom", follow));
}

/** Another size, on screen or on paper, shows the same place. */
function keepSize(host) {
  const fit = () => {
    twin?.invalidateSize({ animate: false });
    twin?.setView(map.getCenter(), map.getZoom(), { animate: false });
  };
  const watch = new ResizeObserver(fit);
  watch.observe(host);
  addEventListener("beforeprint", fit);
  undo.push(() => { watch.disconnect(); removeEventListener("beforeprint", fit); });
}

/** Number the places of a scenario's changes; on a desktop on its own map only. */
export function drawPlaces(changes) {
  if (!map) return;
  const group = twin ? L.featureGroup().addTo(twin) : layer("sites");
  changes.forEach((change, i) => {
    if (isKnown(change.lon)) group.addLayer(dot([change.lon, change.lat], i + 1, `${i + 1} ${change.name ?? ""}`, { look: "solid", size: 28 }));
  });
}

/** One map again. */
export function closeTwin() {
  undo.forEach((each) => each());
  undo = [];
  if (twin) forgetMap(twin);
  twin?.remove();
  twin = null;
  document.querySelectorAll(".twin-map, .twin-titles, .twin-switch").forEach((one) => one.remove());
  document.querySelector(".has-twin")?.classList.remove("has-twin");
  bar = null;
  resized();
}
