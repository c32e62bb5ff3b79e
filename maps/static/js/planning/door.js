// How does a planner's page ask the service? With the token that this tab keeps until it is closed.

import { byId } from "atlas/dom.js";
import { page } from "atlas/page.js";
import { Problem } from "atlas/api.js";
import { plain } from "atlas/planning/words.js";
import { t } from "atlas/words.js";

const KEY = "atlas-planner-token";
const running = new Map();

export const hasToken = () => Boolean(sessionStorage.getItem(KEY));
export const keepToken = (token) => sessionStorage.setItem(KEY, token);
export const dropToken = () => sessionStorage.removeItem(KEY);

/** The token opens no door, or not this one. */
export class Refused extends Problem {
  constructor(message, status, division = null) {
    super(message);
    this.status = status;
    this.division = division; // twelve digits: where the token is good for
  }
}

/** Ask `path` below /api/access; a newer question in the same slot cancels the older: null. */
export function ask(path, params = {}, slot = "view") {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ city: page.city.code, ...params })) {
    if (value !== null && value !== undefined && value !== "" && value !== false) query.set(name, value);
  }
  return request("GET", `${path}?${query}`, null, slot);
}

/** Send a body; answers what the service says. */
export const send = (path, body, slot = null) => request("POST", path, body, slot);
export const remove = (path) => request("DELETE", path, null, null);

/** Whoever leaves a view waits for nothing of it any more. */
export function forgetAll() {
  running.forEach((control) => control.abort());
  running.clear();
}

async function request(method, path, body, slot) {
  running.get(slot)?.abort();
  const control = new AbortController();
  if (slot) running.set(slot, control);
  const headers = { Accept: "application/json", Authorization: `Bearer ${sessionStorage.getItem(KEY)}` };
  if (body) headers["Content-Type"] = "application/json";
  try {
    const response = await fetch(`${page.root}/api/access${path}`, {
      method, headers, signal: control.signal, cache: "no-store", body: body && JSON.stringify(body),
    });
    const told = await response.json();
    if (!response.ok) throw refusal(response.status, told);
    noteSynthetic(told);
    return told;
  } catch (problem) {
    if (problem instanceof Problem) throw problem;
    if (problem.name === "AbortError") return null;
    throw new Problem(t("服务器没有回应，请检查网络后重试。", "The server does not answer; check the network and try again."));
  }
}

function refusal(status, told) {
  const detail = plain(told.detail || told.title || String(status));
  if (status === 401) {
    return new Refused(t("令牌无效、已过期或已撤销，请重新输入。", "The token is wrong, expired or revoked; enter it again."), 401);
  }
  if (status !== 403) return new Problem(detail);
  const division = /\d{12}/.exec(told.detail ?? "")?.[0] ?? null;
  return new Refused(division
    ? t(`此令牌只能查看区划 ${division} 之内的资料。`, `This token only opens what lies in division ${division}.`)
    : t("此令牌没有规划权限；请向管理员申请规划人员（planner）令牌。", "This token has no planner's right; ask the administrator for one with the role planner."), 403, division);
}

/** Show the banner as soon as something made up is on the page. */
function noteSynthetic(found) {
  const rows = [found, found.item, ...(found.items ?? found.rows ?? found.usable ?? [])];
  if (rows.some((row) => row?.has_synthetic || row?.is_synthetic)) byId("synthetic").hidden = false;
}
