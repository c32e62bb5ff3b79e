// Which view of the planner's desk is open, and is somebody signed in?

import "atlas/shell.js";
import { sorry } from "atlas/api.js";
import { openMap } from "atlas/board.js";
import { defineHatch } from "atlas/classes.js";
import { drawTabs } from "atlas/desk/tabs.js";
import { byId, el, put, tell } from "atlas/dom.js";
import { drawPlaceNames } from "atlas/place_names.js";
import { chosen } from "atlas/state.js";
import { clearMap, drawDistricts, loadZones } from "atlas/planning/desk.js";
import { door, Refused } from "atlas/planning/door.js";
import { drawSignIn, problemBox } from "atlas/planning/sign_in.js";
import { VIEWS } from "atlas/planning/words.js";
import { t } from "atlas/words.js";

const OPEN = {
  siting: () => import("atlas/planning/siting.js"),
  scenarios: () => import("atlas/planning/scenarios.js"),
  indicators: () => import("atlas/planning/indicators.js"),
  estates: () => import("atlas/planning/estates.js"),
  safety: () => import("atlas/planning/safety.js"),
  work: () => import("atlas/planning/work.js"),
};
const KEPT = ["lang", "large", "city", "on", "lat", "lon", "z", "view"];

let leave = null; // what the open view undoes when it is left

const now = () => (VIEWS[chosen("view")] ? chosen("view") : "siting");

const DESK = { views: VIEWS, kept: KEPT, now, open: () => open(), stop: () => stop(), door, signIn: () => drawSignIn(enter) };

function stop() {
  door.forgetAll();
  leave?.();
  leave = null;
  clearMap();
}

async function open() {
  const view = now();
  stop();
  drawTabs(DESK);
  put(byId("question"));
  put(byId("results"));
  tell(t("正在载入…", "Looking …"));
  byId("panel-body").scrollTop = 0;
  document.title = `${VIEWS[view]} · ${t("规划工作台", "Planning desk")}`;
  try {
    const [module] = await Promise.all([OPEN[view](), loadZones()]);
    if (view === now()) leave = (await module.open()) ?? null;
  } catch (problem) {
    refused(problem);
  }
}

/** A token that died on the way asks for another one; everything else is said where it happened. */
function refused(problem) {
  tell("");
  if (problem instanceof Refused && problem.division) put(byId("results"), el("div", { role: "alert" }, problemBox(problem)));
  else if (problem instanceof Refused) {
    door.dropToken();
    stop();
    drawSignIn(enter, problem);
  } else put(byId("results"), sorry(problem));
}

function enter() {
  if (byId("board").dataset.sheet === "full") byId("board").dataset.sheet = "half";
  open();
}

async function begin() {
  defineHatch();
  put(byId("controls"), el("div", { id: "views" }), el("div", { id: "question" }));
  addEventListener("popstate", () => location.reload());
  document.addEventListener("atlas:refused", (event) => refused(event.detail));
  const whole = await drawDistricts();
  openMap(whole ?? undefined);
  drawPlaceNames(whole ?? undefined);
  if (door.hasToken()) open();
  else drawSignIn(enter);
}

begin();
