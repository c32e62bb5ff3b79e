// What lies on every map: the ground of our own districts, labels, scale, a view that links keep?

import { el, soon, byId, put } from "atlas/dom.js";
import { page } from "atlas/page.js";
import { chosenNumber, choose } from "atlas/state.js";
import { extent, labelPoint } from "atlas/geodesy.js";
import { day, isKnown, pointed, t } from "atlas/words.js";

const L = globalThis.L;

/** Folium's map, or null where no map is served; everything here then does nothing. */
export const map = globalThis.map_atlas ?? null;
export const layer = (code) => globalThis[`feature_group_${code}`] ?? null;
const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Leaflet's scale bar, in the reader's words. */
const ScaleBar = L?.Control.Scale.extend({
  _updateMetric(most) {
    const length = this._getRoundNum(most);
    this._updateScale(this._mScale, length < 1000 ? `${length} ${t("米", "m")}` : `${length / 1000} ${t("公里", "km")}`, length / most);
  },
});

/**
 * Prepare the map; it shows the linked view, or `bounds` (west, south, east, north). A page whose
 * address means something else by lat and lon, and which prints a drawing of its own, is no `keeper`.
 */
export function openMap(bounds = page.bounds, { isKeeper = true } = {}) {
  if (!map) return;
  map.attributionControl?.setPrefix("Leaflet");
  map.options.zoomAnimation = map.options.fadeAnimation = !isCalm;
  new ScaleBar({ imperial: false, position: "bottomright", maxWidth: 120 }).addTo(map);
  nameControls();
  const zoom = isKeeper ? chosenNumber("z") : null;
  if (zoom !== null && chosenNumber("lat") !== null) {
    map.setView([chosenNumber("lat"), chosenNumber("lon", 0)], zoom, { animate: false });
  } else if (bounds) show(bounds, { animate: false });
  if (isKeeper) map.on("moveend", soon(() => {
    const { lat, lng } = map.getCenter();
    choose({ lat: lat.toFixed(5), lon: lng.toFixed(5), z: map.getZoom() });
  }, 250));
  new ResizeObserver(soon(resized, 60)).observe(map.getContainer());
  const notices = byId("notices"); // the legend and the scale stand above them, however long they are
  new ResizeObserver(() => notices.parentElement.style.setProperty("--notice", `${notices.offsetHeight}px`)).observe(notices);
  if (isKeeper) fitForPrint();
}

/** Paper has another shape than the screen: what the screen shows must be whole on it too. */
function fitForPrint() {
  let seen = null;
  let legendWasOpen = false;
  const legend = () => byId("legend").querySelector("details");
  addEventListener("beforeprint", () => {
    seen = map.getBounds();
    legendWasOpen = legend()?.open ?? false;
    if (legend()) legend().open = true;
    byId("sources").querySelector("details")?.setAttribute("open", "");
    document.documentElement.classList.add("printing");
    resized();
    map.fitBounds(seen, { animate: false, paddingBottomRight: [8, 44], paddingTopLeft: [8, 8] });
  });
  addEventListener("afterprint", () => {
    document.documentElement.classList.remove("printing");
    if (legend()) legend().open = legendWasOpen;
    resized();
    if (seen) map.fitBounds(seen, { animate: false });
  });
}

function nameControls() {
  const box = map.getContainer();
  box.setAttribute("role", "application");
  box.setAttribute("aria-label", t("地图：方向键平移，加减号缩放", "Map: arrow keys pan, plus and minus zoom"));
  const names = {
    ".leaflet-control-zoom-in": t("放大", "Zoom in"),
    ".leaflet-control-zoom-out": t("缩小", "Zoom out"),
    ".leaflet-control-layers-toggle": t("图层", "Layers"),
  };
  for (const [selector, name] of Object.entries(names)) {
    const control = box.querySelector(selector);
    if (!control) continue;
    control.title = name;
    control.setAttribute("aria-label", name);
  }
}

/** The map's own size changed. */
export const resized = () => map?.invalidateSize({ animate: false });

/** Bring a box of degrees into view. */
export function show([west, south, east, north], options = {}) {
  const isWide = map && map.getSize().x > 820; // there the open legend covers the left edge
  map?.fitBounds([[south, west], [north, east]], {
    paddingTopLeft: [isWide ? 270 : 16, 16], paddingBottomRight: [isWide ? 60 : 16, isWide ? 52 : 40], maxZoom: 16, animate: !isCalm, ...options,
  });
}

export function showPoint([lon, lat], zoom = 15) {
  map?.setView([lat, lon], Math.max(map.getZoom(), zoom), { animate: !isCalm });
}

export const isInView = ([lon, lat]) => (map ? map.getBounds().contains([lat, lon]) : true);
export const viewBox = () => {
  if (!map) return null;
  const box = map.getBounds();
  return [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()];
};

const boxOfAll = (features) => features.map((one) => extent(one.geometry)).filter(Boolean)
  .reduce((all, box) => (all ? [Math.min(all[0], box[0]), Math.min(all[1], box[1]), Math.max(all[2], box[2]), Math.max(all[3], box[3])] : box), null);

/** Divisions whose extents touch those of the city: the ground around it. */
export function nearby(units, own) {
  const box = boxOfAll(own);
  const codes = new Set(own.map((one) => one.properties.code));
  return box ? units.filter((one) => {
    const its = codes.has(one.properties.code) ? null : extent(one.geometry);
    return its && its[0] <= box[2] && its[2] >= box[0] && its[1] <= box[3] && its[3] >= box[1];
  }) : [];
}

const pointOf = (geometry) => (geometry?.type === "Point" ? geometry.coordinates : labelPoint(geometry));

/** Of several areas, largest first, those whose labels do not lie on one another. */
export function apart(features, [width, height] = [72, 40]) {
  const size = (one) => { const box = extent(one.geometry); return (box[2] - box[0]) * (box[3] - box[1]); };
  const taken = [];
  return [...features].sort((a, b) => size(b) - size(a)).filter((one) => {
    const at = pointOf(one.geometry);
    const spot = map.latLngToContainerPoint([at[1], at[0]]);
    if (taken.some((other) => Math.abs(other.x - spot.x) < width && Math.abs(other.y - spot.y) < height)) return false;
    taken.push(spot);
    return true;
  });
}

/** Draw divisions as the ground of a thematic map: land, borders, names. Answers their extent. */
export function drawGround(units, { labels = true, around = [], into = "ground" } = {}) {
  const box = boxOfAll(units);
  if (!map || !box) return box;
  creditOutlines([...units, ...around]);
  const ground = layer(into);
  ground.clearLayers();
  ground.addLayer(shape(around, () => ({ className: "ground is-around", pane: "ground", interactive: false })));
  ground.addLayer(shape(units, () => ({ className: "ground", pane: "ground", interactive: false })));
  drawLabels(ground, around, (unit) => unit.properties.name, "place-label is-around");
  if (labels) drawLabels(ground, units, (unit) => unit.properties.name);
  return box;
}

/** Is a geometry at least so many pixels wide and high on the map as it stands? */
export function fits(geometry, [width, height]) {
  const box = extent(geometry);
  if (!map || !box) return false;
  const [a, b] = [map.latLngToContainerPoint([box[3], box[0]]), map.latLngToContainerPoint([box[1], box[2]])];
  return b.x - a.x >= width && b.y - a.y >= height;
}

/** Put names of areas on the map; `text` may answer several lines. */
export function drawLabels(group, features, text, kind = "place-label") {
  for (const feature of features) {
    const at = pointOf(feature.geometry);
    if (!at) continue;
    const lines = [text(feature)].flat();
    const content = el("span", { class: kind }, lines.map((line, i) => el("span", { class: i ? "label-value" : "" }, line)));
    group.addLayer(L.marker([at[1], at[0]], {
      icon: L.divIcon({ className: "label", html: content, iconSize: [0, 0] }),
      pane: "labels", interactive: false, keyboard: false,
    }));
  }
}

/** Areas or lines as a Leaflet layer; `style` answers the options of one feature. */
export function shape(features, style, onEach = null) {
  const drawn = L.featureGroup();
  for (const feature of features.filter((one) => one.geometry)) {
    const options = style(feature);
    const part = L.geoJSON(feature, { style: () => options, pane: options.pane, interactive: options.interactive ?? true });
    onEach?.(feature, part);
    drawn.addLayer(part);
  }
  return drawn;
}

/**
 * One mark made of a DOM node; `name` is what a screen reader says. `inList` says that a row of the
 * list stands for it: then the keyboard goes to the row, and the mark is not one more stop.
 */
export function mark([lon, lat], node, { name, size = 32, pane = "markerPane", onclick = null, className = "mark", inList = false } = {}) {
  const made = L.marker([lat, lon], {
    icon: L.divIcon({ className, html: node, iconSize: [size, size] }),
    pane, keyboard: Boolean(onclick) && !inList, interactive: Boolean(onclick), title: name ?? "", alt: name ?? "",
  });
  if (onclick) made.on("click", onclick);
  made.on("add", () => {
    const element = made.getElement();
    if (onclick && !inList) element?.setAttribute("aria-label", name ?? "");
    else element?.setAttribute("aria-hidden", "true");
  });
  return made;
}

/** A box of rows (sign, words, number) that explains the map; numbers belong in it. */
export function drawLegend(title, rows, note = null) {
  const box = byId("legend");
  box.hidden = !map || !rows.length;
  const isSmall = map?.getSize().x < 820;
  put(box, el("details", { open: !isSmall || box.querySelector("details")?.open },
    el("summary", {}, title),
    el("ul", {}, rows.map(([picture, words, figure]) =>
      el("li", {}, el("span", { class: "swatch" }, picture), el("span", {}, words), el("span", { class: "figure" }, figure ?? "")))),
    note && el("p", {}, note)));
}

/** The line of sources under the map: what is shown now, from where, of which day. */
export function drawSources(lines) {
  said = lines;
  const spans = [...new Set([...lines, ...credits, ...page.attributions])].filter(Boolean);
  const shown = spans.map((line) => el("span", {}, pointed(line)));
  // Large letters would cover the map: there one line opens to all of them.
  const isTight = document.documentElement.classList.contains("large");
  put(byId("sources"), isTight && spans.length ? el("details", { open: byId("sources").querySelector("details")?.open }, el("summary", {}, t("来源与日期", "Sources and dates")), shown) : shown);
}

let said = [];
const credits = new Set(); // of what lies under the page's own subject

/** Name the sources and the newest day of the outlines that are drawn. */
export function creditOutlines(units) {
  const drawn = units.filter((one) => one.geometry).map((one) => one.properties);
  const sources = [...new Set(drawn.map((p) => p.source).filter(isKnown))];
  const newest = drawn.map((p) => p.source_date).filter(isKnown).sort().at(-1);
  if (sources.length) credit([`${t("区划图形：", "Outlines: ")}${sources.join(t("、", ", "))} ${day(newest)}`]);
}

/** Name the source of something on the ground, beside those of the page's subject. */
export function credit(lines) {
  lines.forEach((line) => credits.add(line));
  drawSources(said);
}
