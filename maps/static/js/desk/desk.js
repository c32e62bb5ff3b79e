// Which view of an officers' desk is open, how does one go from view to view, and who is signed in?

import { forgetAll, sorry } from "atlas/api.js";
import { openMap } from "atlas/board.js";
import { Refused } from "atlas/desk/door.js";
import { problemBox } from "atlas/desk/sign_in.js";
import { byId, el, put, tell } from "atlas/dom.js";
import { drawPlaceNames } from "atlas/place_names.js";
import { asQuery, choose, chosen } from "atlas/state.js";
import { t } from "atlas/words.js";

/**
 * Open a desk: ask for the token where there is none, else open the chosen view.
 * door: how it asks; drawSignIn: how a token is asked for; views: code → name, the first one opens by itself; modules:
 * code → what loads it, a module whose `open` answers what undoes it; kept: choices that outlast a change of view;
 * title: of the desk; ground: draws what is public and answers its extent; prepare: what all views wait for;
 * clear: takes off the map what a view drew; arrange: told the view that opens, null when it is left.
 */
export async function openDesk(desk) {
  const { door, views } = desk;
  const [first] = Object.keys(views);
  const loading = t("正在载入…", "Looking …");
  const now = () => (views[chosen("view")] ? chosen("view") : first);
  let leave = null; // what the open view undoes when it is left
  let turn = 0; // what was begun before the last change of view, or the sign-out, draws nothing any more

  function stop() {
    turn += 1;
    door.forgetAll();
    forgetAll();
    leave?.();
    leave = null;
    desk.clear();
    desk.arrange?.(null);
  }

  async function open() {
    const view = now();
    stop();
    const mine = turn;
    drawTabs();
    desk.arrange?.(view);
    put(byId("question"));
    put(byId("results"));
    tell(loading);
    byId("panel-body").scrollTop = 0;
    document.title = `${views[view]} · ${desk.title}`;
    try {
      const [module] = await Promise.all([desk.modules[view](), desk.prepare()]);
      if (mine !== turn) return;
      const undo = (await module.open()) ?? null;
      if (mine !== turn) return void undo?.();
      leave = undo;
      if (byId("status").textContent === loading) tell("");
    } catch (problem) {
      if (mine === turn) refused(problem);
    }
  }

  function drawTabs() {
    const go = (view) => (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      if (view === now()) return;
      history.pushState(null, "", location.href);
      const others = [...new URLSearchParams(location.search).keys()].filter((name) => !desk.kept.includes(name));
      choose({ ...Object.fromEntries(others.map((name) => [name, null])), view });
      open();
      byId("views").querySelector("[aria-current]")?.focus();
    };
    put(byId("views"),
      el("nav", { class: "views", "aria-label": t("工作台各页", "Views of the desk") }, Object.entries(views).map(([view, name]) =>
        el("a", { href: `?${asQuery({ view }, desk.kept)}`, "data-view": view, "aria-current": view === now() ? "page" : null, onclick: go(view) }, name))),
      el("p", { class: "who" }, el("span", {}, t("已凭令牌登录", "Signed in with a token")), el("button", { type: "button", class: "plain", id: "sign-out", onclick: signOut }, t("退出", "Sign out"))));
  }

  function signOut() {
    door.dropToken();
    stop();
    desk.drawSignIn(enter);
    tell(t("已退出，令牌已从本标签页删除。", "Signed out; the token is gone from this tab."));
  }

  /** A token that died on the way asks for another one; everything else is said where it happened. */
  function refused(problem) {
    tell("");
    if (problem instanceof Refused && problem.division) put(byId("results"), el("div", { role: "alert" }, problemBox(problem)));
    else if (problem instanceof Refused) {
      door.dropToken();
      stop();
      desk.drawSignIn(enter, problem);
    } else put(byId("results"), sorry(problem));
  }

  function enter() {
    if (byId("board").dataset.sheet === "full") byId("board").dataset.sheet = "half";
    open();
  }

  put(byId("controls"), el("div", { id: "views" }), el("div", { id: "question" }));
  addEventListener("popstate", () => location.reload());
  document.addEventListener("atlas:refused", (event) => refused(event.detail));
  const whole = await desk.ground();
  openMap(whole ?? undefined);
  drawPlaceNames(whole ?? undefined);
  if (door.hasToken()) open();
  else desk.drawSignIn(enter);
}
