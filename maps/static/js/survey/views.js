// Which view of a page is open? Links at the top; each view is a module that undoes itself.

import { forgetAll, sorry } from "atlas/api.js";
import { byId, el, put, tell } from "atlas/dom.js";
import { asQuery, choose, chosen } from "atlas/state.js";
import { t } from "atlas/words.js";

const KEPT = ["lang", "large", "city", "on", "lat", "lon", "z", "view"];

/**
 * Views of a page: code → {name, load}. `load` answers a module with `openView(stays)`, which answers
 * what undoes it; `stays` tells whether the view is still the open one. `extra` is drawn beside the links; `refused` may take a problem: then it answers true;
 * `forget`: what a view asked of another door is waited for no longer.
 */
export function makeViews(views, { label, extra = () => null, refused = () => false, forget = () => {} } = {}) {
  const [first] = Object.keys(views);
  const now = () => (views[chosen("view")] ? chosen("view") : first);
  let leave = null;
  let turn = 0; // what was begun before the last change of view, or the sign-out, draws nothing any more

  function drawLinks() {
    const go = (view) => (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      if (view === now()) return;
      history.pushState(null, "", location.href);
      const others = [...new URLSearchParams(location.search).keys()].filter((name) => !KEPT.includes(name));
      choose({ ...Object.fromEntries(others.map((name) => [name, null])), view: view === first ? null : view });
      open();
      byId("views").querySelector("[aria-current]")?.focus();
    };
    put(byId("views"), el("nav", { class: "views", "aria-label": label }, Object.entries(views).map(([view, one]) =>
      el("a", { href: `?${asQuery({ view: view === first ? null : view }, KEPT)}`, "data-view": view, "aria-current": view === now() ? "page" : null, onclick: go(view) }, one.name))), extra());
  }

  function stop() {
    turn += 1;
    forgetAll();
    forget();
    leave?.();
    leave = null;
    delete byId("board").dataset.wide;
  }

  async function open() {
    const view = now();
    stop();
    const mine = turn;
    drawLinks();
    put(byId("question"));
    put(byId("results"));
    tell(t("正在查询…", "Looking…"));
    byId("panel-body").scrollTop = 0;
    try {
      const module = await views[view].load();
      if (mine !== turn) return;
      const undo = (await module.openView(() => mine === turn)) ?? null;
      if (mine === turn) leave = undo;
      else undo?.();
    } catch (problem) {
      if (mine !== turn) return;
      tell("");
      if (!refused(problem)) put(byId("results"), sorry(problem));
    }
  }

  addEventListener("popstate", () => location.reload());
  return { open, stop };
}
