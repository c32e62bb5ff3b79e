// Which views has an officers' desk, how does one go from view to view, and how does one sign out?

import { byId, el, put, tell } from "atlas/dom.js";
import { asQuery, choose } from "atlas/state.js";
import { t } from "atlas/words.js";

/**
 * Draw the tabs of a desk and the way out.
 * desk: its views by code, the choices that outlast a change of view (`kept`), the open view (`now`), how it is
 * opened (`open`) and left (`stop`), its door and how a token is asked for (`signIn`).
 */
export function drawTabs(desk) {
  const go = (view) => (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    if (view === desk.now()) return;
    history.pushState(null, "", location.href);
    const others = [...new URLSearchParams(location.search).keys()].filter((name) => !desk.kept.includes(name));
    choose({ ...Object.fromEntries(others.map((name) => [name, null])), view });
    desk.open();
    byId("views").querySelector("[aria-current]")?.focus();
  };
  put(byId("views"),
    el("nav", { class: "views", "aria-label": t("工作台各页", "Views of the desk") }, Object.entries(desk.views).map(([view, name]) =>
      el("a", { href: `?${asQuery({ view }, desk.kept)}`, "data-view": view, "aria-current": view === desk.now() ? "page" : null, onclick: go(view) }, name))),
    el("p", { class: "who" }, el("span", {}, t("已凭令牌登录", "Signed in with a token")), el("button", { type: "button", class: "plain", id: "sign-out", onclick: () => signOut(desk) }, t("退出", "Sign out"))));
}

function signOut(desk) {
  desk.door.dropToken();
  desk.stop();
  desk.signIn();
  tell(t("已退出，令牌已从本标签页删除。", "Signed out; the token is gone from this tab."));
}
