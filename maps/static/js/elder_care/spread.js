// Where do marks stand so that none covers another? As near to their places as that allows.

const ROUNDS = 80;

/** Points in pixels → points at least `apart` from one another and from those that stay, `fixed`. */
export function spread(points, apart, fixed = []) {
  const moved = points.map(({ x, y }) => ({ x, y }));
  for (let round = 0; round < ROUNDS; round += 1) {
    let isCrowded = false;
    moved.forEach((one, i) => {
      for (const other of fixed) isCrowded = push(one, other, apart, i, 1) || isCrowded;
      for (let j = i + 1; j < moved.length; j += 1) isCrowded = push(one, moved[j], apart, j, 0.5) || isCrowded;
    });
    if (!isCrowded) break;
  }
  return moved;
}

/** Move `one` by its share of what two points are too near, the other by the rest; `turn` tells where to when they are equal. */
function push(one, other, apart, turn, share) {
  let [dx, dy] = [other.x - one.x, other.y - one.y];
  const far = Math.hypot(dx, dy);
  if (far >= apart - 0.5) return false;
  if (far < 0.01) [dx, dy] = [Math.cos(turn * 2.4), Math.sin(turn * 2.4)];
  const step = (apart - far) / Math.hypot(dx, dy);
  one.x -= dx * step * share; one.y -= dy * step * share;
  if (share < 1) { other.x += dx * step * (1 - share); other.y += dy * step * (1 - share); }
  return true;
}
