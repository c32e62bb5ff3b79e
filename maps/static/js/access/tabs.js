// Which part of the answer does the reader look at? Tabs, by click and by arrow keys.

import { byId, el, put } from "atlas/dom.js";

const move = { ArrowRight: 1, ArrowLeft: -1 };

/** A list of tabs, {code, name}; the open one is a stop of the keyboard, arrows go to the others. */
export function tabList(tabs, open, pick, label) {
  const turn = (event, at) => {
    const to = { Home: 0, End: tabs.length - 1 }[event.key] ?? (move[event.key] ? (at + move[event.key] + tabs.length) % tabs.length : null);
    if (to === null) return;
    event.preventDefault();
    pick(tabs[to].code);
    byId(`tab-${tabs[to].code}`)?.focus();
  };
  return el("div", { class: "tabs", role: "tablist", "aria-label": label }, tabs.map(({ code, name }, at) =>
    el("button", {
      type: "button", role: "tab", id: `tab-${code}`, "aria-controls": "tab-body", "aria-selected": String(code === open),
      tabindex: code === open ? "0" : "-1", onclick: () => pick(code), onkeydown: (event) => turn(event, at),
    }, name)));
}

/** Mark a tab as the open one and empty the room below. */
export function openTab(code) {
  for (const one of document.querySelectorAll(".tabs [role=tab]")) {
    one.setAttribute("aria-selected", String(one.id === `tab-${code}`));
    one.tabIndex = one.id === `tab-${code}` ? 0 : -1;
  }
  const body = byId("tab-body");
  body.setAttribute("aria-labelledby", `tab-${code}`);
  return put(body);
}
