// How do two dates lie on one map, with a divider that is drawn, or moved by the arrow keys?

import { drawLabels, map, shape } from "atlas/board.js";
import { el } from "atlas/dom.js";
import { t } from "atlas/words.js";

const L = globalThis.L;
const PANES = ["swipe-before", "swipe-after"];

/**
 * Put `before` (left) and `after` (right) on the map, parted by a divider. `words` are the two
 * dates. Answers {remove}.
 */
export function startSwipe(before, after, words) {
  if (!map) return { remove: () => {} };
  const host = map.getContainer().parentElement;
  const groups = [before, after].map((features, side) => draw(features, PANES[side], side));
  const line = el("div", { class: "swipe-line", "aria-hidden": "true" }, el("span", {}, "⇔"));
  const range = el("input", { type: "range", class: "swipe-range", min: 0, max: 100, step: 1, value: 50, "aria-label": t(`分隔线：左为 ${words[0]}，右为 ${words[1]}`, `Divider: ${words[0]} left, ${words[1]} right`), oninput: () => clip() });
  const titles = el("div", { class: "swipe-titles", "aria-hidden": "true" }, words.map((word) => el("span", {}, word)));
  const box = el("div", { class: "swipe" }, titles, line, range);
  host.append(box);
  // The range takes the keyboard; the pointer takes the line, so that the map stays free to pan.
  line.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    line.setPointerCapture(event.pointerId);
    const move = (moved) => {
      const { left, width } = host.getBoundingClientRect();
      range.value = String(Math.min(100, Math.max(0, ((moved.clientX - left) / width) * 100)));
      clip();
    };
    line.addEventListener("pointermove", move);
    line.addEventListener("pointerup", () => line.removeEventListener("pointermove", move), { once: true });
  });
  function clip() {
    const share = Number(range.value) / 100;
    line.style.left = `${share * 100}%`;
    const size = map.getSize();
    const [nw, se] = [map.containerPointToLayerPoint([0, 0]), map.containerPointToLayerPoint(size)];
    const at = nw.x + size.x * share;
    map.getPane(PANES[0]).style.clip = `rect(${nw.y}px, ${at}px, ${se.y}px, ${nw.x}px)`;
    map.getPane(PANES[1]).style.clip = `rect(${nw.y}px, ${se.x}px, ${se.y}px, ${at}px)`;
  }
  map.on("move resize zoomend", clip);
  clip();
  return {
    remove() {
      map.off("move resize zoomend", clip);
      groups.forEach((group) => group.remove());
      box.remove();
    },
  };
}

function draw(features, name, side) {
  const pane = map.getPane(name) ?? map.createPane(name);
  pane.style.zIndex = String(360 + side);
  const group = L.featureGroup();
  const shown = features.filter((one) => one.geometry);
  group.addLayer(shape(shown, ({ properties: p }) => ({ className: `unit ${side ? "is-after" : "is-before"}${p.outline_is_later ? " is-later" : ""}${p.is_changed ? " is-changed" : ""}`, pane: name, interactive: false })));
  for (const one of shown) drawNames(group, one, name);
  return group.addTo(map);
}

/** Names lie in the same pane, so that the divider parts them too. */
function drawNames(group, one, pane) {
  const names = L.featureGroup();
  drawLabels(names, [one], (unit) => unit.properties.name);
  names.eachLayer((made) => { made.options.pane = pane; });
  group.addLayer(names);
}
