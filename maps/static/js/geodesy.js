// How far is it, and does an area hold a point? For saved files, where no PostGIS answers.

const A = 6378137.0; // CGCS2000 / GRS80
const F = 1 / 298.257222101;
const B = A * (1 - F);
const radians = (degrees) => (degrees * Math.PI) / 180;

/** Geodesic distance in metres between two lon, lat pairs: Vincenty's inverse formula (1975). */
export function distance([lon1, lat1], [lon2, lat2]) {
  const L = radians(lon2 - lon1);
  const [u1, u2] = [Math.atan((1 - F) * Math.tan(radians(lat1))), Math.atan((1 - F) * Math.tan(radians(lat2)))];
  const [s1, c1, s2, c2] = [Math.sin(u1), Math.cos(u1), Math.sin(u2), Math.cos(u2)];
  let lambda = L;
  for (let turn = 0; turn < 100; turn += 1) {
    const [sl, cl] = [Math.sin(lambda), Math.cos(lambda)];
    const sinSigma = Math.hypot(c2 * sl, c1 * s2 - s1 * c2 * cl);
    if (sinSigma === 0) return 0;
    const cosSigma = s1 * s2 + c1 * c2 * cl;
    const sigma = Math.atan2(sinSigma, cosSigma);
    const sinAlpha = (c1 * c2 * sl) / sinSigma;
    const cos2Alpha = 1 - sinAlpha ** 2;
    const cosM = cos2Alpha ? cosSigma - (2 * s1 * s2) / cos2Alpha : 0;
    const C = (F / 16) * cos2Alpha * (4 + F * (4 - 3 * cos2Alpha));
    const before = lambda;
    lambda = L + (1 - C) * F * sinAlpha * (sigma + C * sinSigma * (cosM + C * cosSigma * (2 * cosM ** 2 - 1)));
    if (Math.abs(lambda - before) < 1e-12) {
      const uu = (cos2Alpha * (A ** 2 - B ** 2)) / B ** 2;
      const k1 = 1 + (uu / 16384) * (4096 + uu * (-768 + uu * (320 - 175 * uu)));
      const k2 = (uu / 1024) * (256 + uu * (-128 + uu * (74 - 47 * uu)));
      const delta = k2 * sinSigma * (cosM + (k2 / 4) * (cosSigma * (2 * cosM ** 2 - 1)
        - (k2 / 6) * cosM * (4 * sinSigma ** 2 - 3) * (4 * cosM ** 2 - 3)));
      return B * k1 * (sigma - delta);
    }
  }
  return NaN; // nearly opposite sides of the earth: no question of a city
}

/** Does a Polygon or MultiPolygon hold the point? Even–odd rule over all rings. */
export function holds(geometry, [x, y]) {
  if (!geometry) return false;
  const polygons = geometry.type === "MultiPolygon" ? geometry.coordinates : [geometry.coordinates];
  let inside = false;
  for (const ring of polygons.flat()) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
      const [[xi, yi], [xj, yj]] = [ring[i], ring[j]];
      if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
    }
  }
  return inside;
}

/** [west, south, east, north] of a geometry, or null. */
export function extent(geometry) {
  if (!geometry) return null;
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  const walk = (part) => {
    if (typeof part[0] === "number") {
      box[0] = Math.min(box[0], part[0]); box[1] = Math.min(box[1], part[1]);
      box[2] = Math.max(box[2], part[0]); box[3] = Math.max(box[3], part[1]);
    } else part.forEach(walk);
  };
  walk(geometry.coordinates);
  return Number.isFinite(box[0]) ? box : null;
}

/** A point inside the largest polygon for its label: the best of a grid, by distance to the edge. */
export function labelPoint(geometry) {
  if (!geometry) return null;
  const polygons = geometry.type === "MultiPolygon" ? geometry.coordinates : [geometry.coordinates];
  const span = ([ring]) => {
    const box = extent({ coordinates: ring });
    return (box[2] - box[0]) * (box[3] - box[1]);
  };
  const largest = polygons.reduce((a, b) => (span(b) > span(a) ? b : a));
  const box = extent({ coordinates: largest });
  const squash = Math.cos(radians((box[1] + box[3]) / 2));
  let best = null;
  for (let i = 1; i < 14; i += 1) {
    for (let j = 1; j < 14; j += 1) {
      const point = [box[0] + ((box[2] - box[0]) * i) / 14, box[1] + ((box[3] - box[1]) * j) / 14];
      if (!holds({ type: "Polygon", coordinates: largest }, point)) continue;
      let room = Infinity;
      for (const [x, y] of largest[0]) room = Math.min(room, ((x - point[0]) * squash) ** 2 + (y - point[1]) ** 2);
      if (!best || room > best.room) best = { room, point };
    }
  }
  return best?.point ?? [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
}
