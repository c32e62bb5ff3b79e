// Which view of the surveyors' desk is open, and is somebody signed in?

import "atlas/shell.js";
import { drawLegend, openMap } from "atlas/board.js";
import { byId, el, put, tell } from "atlas/dom.js";
import { sorry } from "atlas/api.js";
import { dropToken, forgetAll, hasToken, Refused } from "atlas/survey/door.js";
import { clearMap } from "atlas/survey/ground.js";
import { drawSignIn, problemBox } from "atlas/survey/sign_in.js";
import { makeViews } from "atlas/survey/views.js";
import { t } from "atlas/words.js";

const LAYERS = ["ground", "lines", "markers", "deviations", "found"];
const VIEWS = {
  inspections: { name: t("联检", "Inspections"), load: () => import("atlas/survey/inspections.js") },
  markers: { name: t("界桩与偏差", "Markers"), load: () => import("atlas/survey/markers.js") },
  register: { name: t("界线登记", "Register"), load: () => import("atlas/survey/register.js") },
  quality: { name: t("图形质量", "Quality"), load: () => import("atlas/survey/quality.js") },
};
const desk = makeViews(VIEWS, {
  label: t("工作台各页", "Views of the desk"),
  extra: () => el("p", { class: "who" }, el("span", {}, t("已凭令牌登录", "Signed in with a token")), el("button", { type: "button", class: "plain", id: "sign-out", onclick: signOut }, t("退出", "Sign out"))),
  refused,
  forget: forgetAll,
});

function signOut() {
  dropToken();
  leave();
  drawSignIn(enter);
  tell(t("已退出，令牌已从本标签页删除。", "Signed out; the token is gone from this tab."));
}

/** Nothing that was shown with a token stays on the page. */
function leave() {
  desk.stop();
  clearMap(LAYERS);
  drawLegend("", []);
}

/** A token that died on the way asks for another one. */
function refused(problem) {
  if (!(problem instanceof Refused)) return false;
  if (problem.division) put(byId("results"), el("div", { role: "alert" }, problemBox(problem)));
  else {
    dropToken();
    leave();
    drawSignIn(enter, problem);
  }
  return true;
}

function enter() {
  if (byId("board").dataset.sheet === "full") byId("board").dataset.sheet = "half";
  desk.open();
}

function begin() {
  put(byId("controls"), el("div", { id: "views" }), el("div", { id: "question" }));
  document.addEventListener("atlas:refused", (event) => { if (!refused(event.detail)) put(byId("results"), sorry(event.detail)); });
  openMap();
  if (hasToken()) desk.open();
  else drawSignIn(enter);
}

begin();
