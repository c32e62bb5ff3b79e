"""How smooth is a served map while it is dragged, as a multiple of the same map without its layers?

`python -m benchmarks.dragging http://127.0.0.1:8000/heritage [--runs 5]` prints the middle frame's
milliseconds with all that is drawn and with nothing on the sheet, for a phone and a desk, and the
median of the ratios. Both are taken in turn on one page.
"""

from __future__ import annotations

import argparse
from statistics import median

from playwright.sync_api import Page, sync_playwright

SIZES = {"phone": (360, 740), "desk": (1440, 900)}
WATCH = """() => {
  window.frames_seen = []; let last = performance.now();
  const step = (now) => {
    window.frames_seen.push(now - last); last = now;
    window.watching = requestAnimationFrame(step);
  };
  window.watching = requestAnimationFrame(step);
}"""
MIDDLE = """() => {
  cancelAnimationFrame(window.watching);
  const seen = window.frames_seen.sort((a, b) => a - b);
  return seen[Math.floor(seen.length / 2)];
}"""
DRAWN = "() => Object.keys(window).filter((name) => name.startsWith('feature_group_'))"
SHOW = """([names, shown]) => {
  const map = Object.values(window).find((one) => one instanceof L.Map);
  for (const name of names) shown ? window[name].addTo(map) : window[name].remove();
}"""


def dragged(tab: Page) -> float:
    """Answer the milliseconds of the middle frame while the map is dragged to and fro."""
    box = tab.locator(".leaflet-container").first.bounding_box()
    if box is None:
        raise SystemExit("no map on this page")
    x, y = box["x"] + box["width"] * 0.3, box["y"] + min(box["height"] * 0.4, 200)
    tab.evaluate(WATCH)
    tab.mouse.move(x, y)
    tab.mouse.down()
    for k in range(24):
        tab.mouse.move(x + (k % 6) * 9, y + (k % 4) * 6)
    tab.mouse.up()
    return float(tab.evaluate(MIDDLE))


def main() -> None:
    """Drag and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for name, (width, height) in SIZES.items():
            tab = browser.new_page(viewport={"width": width, "height": height})
            tab.goto(asked.url, wait_until="networkidle")
            layers = tab.evaluate(DRAWN)
            pairs = []
            for _ in range(asked.runs):
                tab.evaluate(SHOW, [layers, True])
                full = dragged(tab)
                tab.evaluate(SHOW, [layers, False])
                pairs.append((full, max(dragged(tab), 1000 / 60)))
            full, empty = (median(one) for one in zip(*pairs, strict=True))
            ratio = median(a / b for a, b in pairs)
            print(f"{name}: {len(layers)} layers, {full:.1f} ms : {empty:.1f} ms, {ratio:.2f} ×")
        browser.close()


if __name__ == "__main__":
    main()
