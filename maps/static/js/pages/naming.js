// Which view of the desk of names officers is open, and is somebody signed in?

import "atlas/shell.js";
import { sorry } from "atlas/api.js";
import { openMap, resized } from "atlas/board.js";
import { drawTabs } from "atlas/desk/tabs.js";
import { byId, el, put, tell } from "atlas/dom.js";
import { drawPlaceNames } from "atlas/place_names.js";
import { chosen } from "atlas/state.js";
import { clearMap, drawDistricts, loadRules } from "atlas/naming/desk.js";
import { door, Refused } from "atlas/naming/door.js";
import { drawSignIn, problemBox } from "atlas/naming/sign_in.js";
import { VIEWS } from "atlas/naming/words.js";
import { t } from "atlas/words.js";

const OPEN = {
  check: () => import("atlas/naming/check.js"),
  list: () => import("atlas/naming/list.js"),
  text: () => import("atlas/naming/text.js"),
  due: () => import("atlas/naming/due.js"),
};
const WITHOUT_MAP = ["text", "due"];
const KEPT = ["lang", "large", "city", "lat", "lon", "z", "view"];

let leave = null; // what the open view undoes when it is left

const now = () => (VIEWS[chosen("view")] ? chosen("view") : "check");

const DESK = { views: VIEWS, kept: KEPT, now, open: () => open(), stop: () => stop(), door, signIn: () => drawSignIn(enter) };

function stop() {
  door.forgetAll();
  leave?.();
  leave = null;
  clearMap();
  spread(false);
}

/** A view without places takes the whole width. */
function spread(isWide) {
  byId("board").classList.toggle("is-wide", isWide);
  resized();
}

async function open() {
  const view = now();
  stop();
  drawTabs(DESK);
  spread(WITHOUT_MAP.includes(view));
  put(byId("question"));
  put(byId("results"));
  tell(t("正在载入…", "Looking…"));
  byId("panel-body").scrollTop = 0;
  document.title = `${VIEWS[view]} · ${t("地名核查", "Check a name")}`;
  try {
    const [module] = await Promise.all([OPEN[view](), loadRules()]);
    if (view !== now()) return;
    tell("");
    leave = (await module.open()) ?? null;
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
  put(byId("controls"), el("div", { id: "views" }), el("div", { id: "question" }));
  addEventListener("popstate", () => location.reload());
  addEventListener("beforeprint", () => document.querySelectorAll("#results details").forEach((one) => { one.open = true; }));
  document.addEventListener("atlas:refused", (event) => refused(event.detail));
  const whole = await drawDistricts();
  openMap(whole ?? undefined);
  drawPlaceNames(whole ?? undefined);
  if (door.hasToken()) open();
  else drawSignIn(enter);
}

begin();
