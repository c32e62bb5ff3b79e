// When is the map fetched? On a wide screen after the list stands, on a phone when somebody asks.

import { page, t, tell, OFFLINE } from "atlas/elder_care/say.js";

const WIDE = matchMedia("(min-width: 68rem)");
let loading = null;

const isLinked = () => location.hash.startsWith("#map");
const mark = (hash) => history.replaceState(history.state, "", location.pathname + location.search + hash);
/** A link that is copied now opens the map too; `map_view.js` adds which part of it. */
const markOpen = () => document.body.classList.contains("mapped") && !isLinked() && mark("#map");
const side = () => document.getElementById("map-side");
const file = (name) => `${page.root}/static/${name}`;

function loaded(tag, attributes) {
  return new Promise((done, fail) => {
    const one = Object.assign(document.createElement(tag), attributes, { onload: done, onerror: () => fail(new Error(attributes.src ?? attributes.href)) });
    document.head.append(one);
  });
}

/** Fetch Leaflet, Folium's shell of the map, and what draws into it; once. */
async function fetchMap() {
  const frame = document.createElement("div");
  frame.className = "map-frame";
  frame.append(Object.assign(document.createElement("div"), { id: "map_atlas", className: "folium-map" }));
  for (const [id, tag] of [["legend", "div"], ["notices", "p"]]) frame.append(Object.assign(document.createElement(tag), { id, className: id }));
  frame.querySelector("#legend").hidden = true;
  side().prepend(frame);
  await Promise.all(page.map.styles.map((name) => loaded("link", { rel: "stylesheet", href: file(name) })));
  for (const name of page.map.scripts) await loaded("script", { src: file(name), async: false });
  await loaded("script", { src: page.map.shell });
  const { drawMap } = await import("atlas/elder_care/map_side.js");
  await drawMap();
}

/** The map, fetched when it is first wanted; a failure is told and may be tried again. */
async function wantMap() {
  loading ??= fetchMap();
  try {
    await loading;
    return true;
  } catch {
    loading = null;
    side().querySelector(".map-frame")?.remove();
    tell(OFFLINE(), { seen: true, isProblem: true });
    return false;
  }
}

function startButton() {
  const link = document.getElementById("see-map");
  if (!link) return;
  link.setAttribute("role", "button");
  link.setAttribute("aria-expanded", String(document.body.classList.contains("mapped")));
}

/** While the map fills a phone, what lies under it is out of reach for keyboard and reader. */
const under = (isUnder) => document.querySelectorAll(".skip, .top, .banner, #panel, .tray, .foot").forEach((one) => { one.inert = isUnder; });

async function open() {
  document.body.classList.add("mapped");
  under(true);
  startButton();
  if (!await wantMap()) { shut(); return; }
  markOpen();
  dispatchEvent(new Event("resize"));
  document.getElementById("map-close").focus();
}

function shut() {
  document.body.classList.remove("mapped");
  under(false);
  startButton();
  mark("");
  document.getElementById("see-map")?.focus();
}

export function startMap() {
  if (!side()) return;
  const close = Object.assign(document.createElement("button"), { id: "map-close", type: "button", className: "act", onclick: shut });
  close.textContent = t("看名单", "See the list");
  side().append(close);
  document.addEventListener("click", (event) => {
    const tool = event.target.closest("a[data-tool]");
    if (tool) tool.hash = location.hash; // another language or type size, the same map
    const link = event.target.closest("#see-map");
    if (!link) return;
    event.preventDefault();
    open();
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("#see-map") && event.key === " ") { event.preventDefault(); open(); }
    if (event.key === "Escape" && document.body.classList.contains("mapped")) shut();
  });
  document.addEventListener("atlas:listed", startButton);
  document.addEventListener("atlas:listed", markOpen);
  document.addEventListener("atlas:to-list", shut);
  startButton();
  if (isLinked() && !WIDE.matches) open();
  const whenWide = () => WIDE.matches && (globalThis.requestIdleCallback ?? setTimeout)(wantMap);
  WIDE.addEventListener("change", whenWide);
  if (document.readyState === "complete") whenWide();
  else addEventListener("load", whenWide, { once: true });
}
