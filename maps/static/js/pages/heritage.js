// Which old names are there, from which era, and what is told of them?

import "atlas/shell.js";
import { ask } from "atlas/api.js";
import { drawGround, drawSources, map, openMap, show } from "atlas/board.js";
import { byId } from "atlas/dom.js";
import { extent } from "atlas/geodesy.js";
import { drawNames, nameDivisions, showOne } from "atlas/heritage/old_map.js";
import { CHOICES, openCard, startSheet } from "atlas/heritage/sheet.js";
import { data, isSaved, page } from "atlas/page.js";
import { choose, chosen } from "atlas/state.js";
import { isKnown, native, t } from "atlas/words.js";

const isLinked = isKnown(chosen("z")); // the link says where to look
let features = [];
let units = new Map();

/** The names that the choices mean, as the list tells them. */
async function asked() {
  if (isSaved) return data.listed.features.filter(({ properties: p }) => !chosen("era") || p.era === chosen("era"));
  const wanted = Object.fromEntries(CHOICES.filter((name) => name !== "offset").map((name) => [name, chosen(name)]));
  const found = await ask("/heritage", { ...wanted, within: chosen("within") || page.city.code, on: chosen("on"), limit: 10000 }, "heritage");
  return found?.features ?? null;
}

async function refresh() {
  try {
    const found = await asked();
    if (!found) return;
    features = found;
    drawNames(features, units, open);
    credits();
  } catch {
    drawNames([], units, open); // the list was drawn by the server and stands
  }
}

/** Sources of what is on the map, most frequent first. */
function credits() {
  const times = new Map();
  for (const { properties: p } of features) {
    for (const source of [p.attribution, p.source]) if (isKnown(source)) times.set(source, (times.get(source) ?? 0) + 1);
  }
  const most = [...times].sort((a, b) => b[1] - a[1]).slice(0, 3).map(([source]) => source);
  drawSources(most.length ? [`${t("地名：", "Names: ")}${most.map(native).join(t("；", "; "))}`] : []);
}

function open(code) {
  const feature = features.find((one) => one.properties.code === code);
  choose({ place: feature ? code : null });
  openCard(feature?.properties ?? null, () => open(null));
  showOne(feature);
  if (feature && matchMedia("(max-width: 720px)").matches && byId("board").dataset.sheet === "folded") byId("board").dataset.sheet = "half";
}

async function start() {
  startSheet(async () => { await refresh(); fit(); });
  byId("old").addEventListener("click", (event) => {
    const card = event.target.closest?.(".old-card");
    const link = event.target.closest("a, button");
    if (!card || (link && !isSaved)) return;
    if (link) event.preventDefault(); // a file has no leaves to turn to
    open(card.dataset.code);
  });
  if (!map) return;
  openMap();
  try {
    const [own, inside] = isSaved ? [[], data.units.features] : await Promise.all([
      ask(`/units/${page.city.code}`).then((found) => found?.features ?? []), ask("/units", { parent: page.city.code }).then((found) => found?.features ?? []),
    ]);
    units = new Map([...own, ...inside].map((one) => [one.properties.code, one]));
    const drawn = inside.filter((one) => one.geometry && one.properties.code !== page.city.code);
    const ground = drawn.length ? drawn : own.filter((one) => one.geometry);
    const box = drawGround(ground, { labels: false });
    if (box && !isLinked) show(box, { animate: false });
    nameDivisions(ground);
  } catch {
    units = new Map();
  }
  await refresh();
  fit();
  if (chosen("place")) open(chosen("place"));
}

/** Bring what was found into view, unless the link says where to look or nothing has a place. */
function fit() {
  const boxes = features.map((one) => extent(one.geometry)).filter(Boolean);
  const isFirst = !fitted;
  fitted = true;
  if (!map || !boxes.length || isKnown(chosen("place")) || (isFirst && isLinked)) return;
  const xs = boxes.flatMap((box) => [box[0], box[2]]).sort((a, b) => a - b);
  const ys = boxes.flatMap((box) => [box[1], box[3]]).sort((a, b) => a - b);
  const at = (sorted, share) => sorted[Math.round((sorted.length - 1) * share)];
  // Nine of ten lie within: one far name must not shrink all others.
  const share = boxes.length > 50 ? 0.05 : 0;
  show([at(xs, share), at(ys, share), at(xs, 1 - share), at(ys, 1 - share)], { animate: false });
}
let fitted = false;

start();
