// What is on the desk of names officers?

import "atlas/shell.js";
import { resized } from "atlas/board.js";
import { openDesk } from "atlas/desk/desk.js";
import { byId } from "atlas/dom.js";
import { clearMap, drawDistricts, loadRules } from "atlas/naming/desk.js";
import { door } from "atlas/naming/door.js";
import { drawSignIn } from "atlas/naming/sign_in.js";
import { VIEWS } from "atlas/naming/words.js";
import { t } from "atlas/words.js";

const WITHOUT_MAP = ["text", "due"];

addEventListener("beforeprint", () => document.querySelectorAll("#results details").forEach((one) => { one.open = true; }));
openDesk({
  door,
  drawSignIn,
  views: VIEWS,
  modules: {
    check: () => import("atlas/naming/check.js"),
    list: () => import("atlas/naming/list.js"),
    text: () => import("atlas/naming/text.js"),
    due: () => import("atlas/naming/due.js"),
    nominations: () => import("atlas/naming/nominations/view.js"),
    protection: () => import("atlas/naming/protection/view.js"),
  },
  kept: ["lang", "large", "city", "lat", "lon", "z", "view"],
  title: t("地名核查", "Check a name"),
  ground: drawDistricts,
  prepare: loadRules,
  clear: clearMap,
  /** A view without places takes the whole width. */
  arrange: (view) => {
    byId("board").classList.toggle("is-wide", WITHOUT_MAP.includes(view));
    resized();
  },
});
