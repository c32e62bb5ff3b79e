// Which names help a reader to find the way on a map without a base map? Text only: their positions
// are approximate, so no point is drawn.

import { ask } from "atlas/api.js";
import { apart, credit, drawLabels, layer, map } from "atlas/board.js";
import { soon } from "atlas/dom.js";
import { isKnown, t } from "atlas/words.js";

const FROM_ZOOM = 10.75;

/** Put the names of places around the middle of a box on the ground, more of them the closer one looks. */
export async function drawPlaceNames([west, south, east, north] = []) {
  if (!map || west === undefined) return;
  const asked = { lon: ((west + east) / 2).toFixed(5), lat: ((south + north) / 2).toFixed(5), limit: 100 };
  const found = await ask("/places/near", asked).catch(() => null);
  if (!found?.features.length) return;
  const names = globalThis.L.layerGroup().addTo(layer("ground"));
  const draw = () => {
    names.clearLayers();
    if (map.getZoom() < FROM_ZOOM) return;
    const view = map.getBounds().pad(0.1);
    const here = found.features.filter(({ geometry }) => geometry && view.contains([geometry.coordinates[1], geometry.coordinates[0]]));
    drawLabels(names, apart(here, [84, 26]), ({ properties }) => properties.name, "place-label is-place");
  };
  map.on("moveend", soon(draw, 80));
  draw();
  const sources = [...new Set(found.features.map(({ properties }) => properties.attribution).filter(isKnown).flatMap((line) => line.split("; ")))];
  if (sources.length) credit([t(`地名：${sources.join("、")}`, `Names: ${sources.join("; ")}`)]);
}
