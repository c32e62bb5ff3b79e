// Which part of the map does a link show? It stands behind the #, so that the list's address is its own.

import { map } from "atlas/board.js";

const WRITTEN = /^#map=(\d+(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)$/;

/** The view that the address asks for, or null: `#map=zoom/lat/lon`. */
export function linkedView(address = location.hash) {
  const found = WRITTEN.exec(address)?.slice(1).map(Number);
  if (!found || Math.abs(found[1]) > 90 || Math.abs(found[2]) > 180) return null;
  return { zoom: found[0], centre: [found[1], found[2]] };
}

const write = (hash) => history.replaceState(history.state, "", location.pathname + location.search + hash);

/** From now on the address keeps what somebody moved the map to; a new list begins a new view. */
export function keepView() {
  let isMoved = false;
  const box = map.getContainer();
  for (const one of ["pointerdown", "wheel", "keydown"]) box.addEventListener(one, () => { isMoved = true; }, { passive: true });
  map.on("moveend", () => {
    const { lat, lng } = map.getCenter();
    if (isMoved) write(`#map=${map.getZoom()}/${lat.toFixed(4)}/${lng.toFixed(4)}`);
  });
  document.addEventListener("atlas:listed", () => { isMoved = false; });
}
