// What is on the planner's desk?

import "atlas/shell.js";
import { defineHatch } from "atlas/classes.js";
import { openDesk } from "atlas/desk/desk.js";
import { clearMap, drawDistricts, loadZones } from "atlas/planning/desk.js";
import { door } from "atlas/planning/door.js";
import { drawSignIn } from "atlas/planning/sign_in.js";
import { VIEWS } from "atlas/planning/words.js";
import { t } from "atlas/words.js";

defineHatch();
openDesk({
  door,
  drawSignIn,
  views: VIEWS,
  modules: {
    siting: () => import("atlas/planning/siting.js"),
    scenarios: () => import("atlas/planning/scenarios.js"),
    indicators: () => import("atlas/planning/indicators.js"),
    estates: () => import("atlas/planning/estates.js"),
    safety: () => import("atlas/planning/safety.js"),
    work: () => import("atlas/planning/work.js"),
  },
  kept: ["lang", "large", "city", "on", "lat", "lon", "z", "view"],
  title: t("规划工作台", "Planning desk"),
  ground: drawDistricts,
  prepare: loadZones,
  clear: clearMap,
});
