// How does a tap on a condition change the list at once? The same address, asked for its list only.

import { page, t, tell, OFFLINE } from "atlas/elder_care/say.js";

const finder = () => document.getElementById("finder");
let running = null;

/** Show what an address says; the page stays, its list is replaced. */
export async function go(address, { push = true } = {}) {
  running?.abort();
  const mine = (running = new AbortController());
  const late = setTimeout(() => tell(t("正在查询…", "Looking…")), 400);
  finder().setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, { signal: mine.signal, headers: { Accept: "text/html" } });
    const text = await answer.text();
    if (!answer.ok) { location.assign(address); return false; }
    show(new DOMParser().parseFromString(text, "text/html"));
    if (push) history.pushState(null, "", answer.url);
    document.dispatchEvent(new CustomEvent("atlas:listed"));
    tell([document.getElementById("found")?.textContent, document.getElementById("told")?.textContent].join("。"));
    return true;
  } catch (problem) {
    if (problem.name !== "AbortError") tell(OFFLINE(), { seen: true, isProblem: true });
    return false;
  } finally {
    clearTimeout(late);
    if (running === mine) finder().removeAttribute("aria-busy");
  }
}

/** Put the list of another document in the place of ours; what was open stays open. */
function show(other) {
  const active = document.activeElement?.id;
  const open = [...finder().querySelectorAll("#narrow, #more")].filter((one) => one.open).map((one) => one.id);
  const fresh = other.getElementById("finder");
  for (const fold of fresh.querySelectorAll("#narrow, #more")) fold.open = open.includes(fold.id);
  finder().replaceChildren(...fresh.childNodes);
  document.title = other.title;
  for (const id of ["large", "language"]) document.getElementById(id).href = other.getElementById(id).getAttribute("href");
  if (!other.getElementById("synthetic").hidden) document.getElementById("synthetic").hidden = false;
  const [tray, hidden] = [document.getElementById("compare"), other.querySelectorAll("#compare > input[type=hidden]")];
  for (const one of tray.querySelectorAll(":scope > input[type=hidden]")) one.remove();
  tray.prepend(...hidden);
  if (active) (document.getElementById(active) ?? document.getElementById("found"))?.focus({ preventScroll: true });
}

/** The address that a form asks for: its filled fields only. */
export function addressOf(form, change = () => {}) {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (String(value).trim()) fields.append(name, value);
  change(fields);
  return `${form.getAttribute("action")}?${fields}`;
}

export function startLiving() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-live]");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const wasBelow = link.closest(".pager, .nothing, .unsure");
    go(link.href).then((done) => done && wasBelow && document.getElementById("found").focus());
  });
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-live]");
    if (!form || event.defaultPrevented) return;
    event.preventDefault();
    go(addressOf(form));
  });
  let soon = 0;
  document.addEventListener("change", (event) => {
    const form = event.target.closest("#more form");
    if (!form) return;
    clearTimeout(soon);
    soon = setTimeout(() => go(addressOf(form)), 120);
  });
  addEventListener("popstate", () => go(location.href, { push: false }));
}

export { page };
