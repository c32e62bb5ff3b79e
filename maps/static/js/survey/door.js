// How does a surveyors' page ask the service? With the token that this tab keeps until it is closed.

import { byId } from "atlas/dom.js";
import { page } from "atlas/page.js";
import { Problem } from "atlas/api.js";
import { t } from "atlas/words.js";

const KEY = "atlas-surveyor-token";
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

/** Ask `path` below /api/survey; a newer question in the same slot cancels the older: null. */
export function ask(path, params = {}, slot = "view") {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ city: page.city.code, ...params })) {
    if (value !== null && value !== undefined && value !== "" && value !== false) query.set(name, value);
  }
  return request(`${path}?${query}`, slot);
}

/** Whoever leaves a view waits for nothing of it any more. */
export function forgetAll() {
  running.forEach((control) => control.abort());
  running.clear();
}

async function request(path, slot) {
  running.get(slot)?.abort();
  const control = new AbortController();
  if (slot) running.set(slot, control);
  const headers = { Accept: "application/geo+json, application/json", Authorization: `Bearer ${sessionStorage.getItem(KEY)}` };
  try {
    const response = await fetch(`${page.root}/api/survey${path}`, {
      headers, signal: control.signal, cache: "no-store",
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
  const detail = told.detail || told.title || String(status);
  if (status === 401) {
    return new Refused(t("令牌无效、已过期或已撤销，请重新输入。", "The token is wrong, expired or revoked; enter it again."), 401);
  }
  if (status !== 403) return new Problem(detail);
  const division = /\d{12}/.exec(told.detail ?? "")?.[0] ?? null;
  return new Refused(division
    ? t(`此令牌只能查看区划 ${division} 之内的资料。`, `This token only opens what lies in division ${division}.`)
    : t("此令牌没有勘界权限；请向管理员申请勘界人员（surveyor）令牌。", "This token has no surveyor's right; ask the administrator for one with the role surveyor."), 403, division);
}

/** Show the banner as soon as something made up is on the page. */
function noteSynthetic(found) {
  const rows = [found, ...(found.features ?? []).map((one) => one.properties)];
  if (rows.some((row) => row?.has_synthetic || row?.is_synthetic)) byId("synthetic").hidden = false;
}

/** Save a file that only opens with the token: fetched with it, then handed to the browser. */
export async function saveFile(path, name) {
  const response = await fetch(`${page.root}/api/survey${path}`, { headers: { Authorization: `Bearer ${sessionStorage.getItem(KEY)}` }, cache: "no-store" });
  if (!response.ok) throw refusal(response.status, await response.json());
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
