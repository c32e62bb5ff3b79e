// What do all views of the desk of names officers share: rules, districts, a clean map, chips, files?

import { ask as askPublic, Problem } from "atlas/api.js";
import { drawGround, drawLegend, drawSources, layer, mark, nearby } from "atlas/board.js";
import { byId, el, put, tell } from "atlas/dom.js";
import { page } from "atlas/page.js";
import { choose, chosen } from "atlas/state.js";
import { Refused } from "atlas/naming/door.js";
import { day, t } from "atlas/words.js";

export let rules = null; // kinds, rules and terms as the service keeps them
export let districts = [];

/** Load the outlines of the districts and draw the ground: all that is there before a sign-in. */
export async function drawDistricts() {
  const found = await askPublic("/units", { level: 3 }).catch(() => null);
  const all = (found?.features ?? []).filter((one) => one.geometry);
  districts = all.filter(({ properties: p }) => p.parent_code === page.city.code);
  if (!districts.length) districts = all.filter(({ properties: p }) => p.code === page.city.code);
  return drawGround(districts, { around: nearby(all, districts) });
}

export async function loadRules() {
  rules ??= await askPublic("/names/rules");
}

export const kindName = (id) => {
  const kind = rules?.kinds.find((one) => one.id === id);
  return kind ? t(kind.zh, kind.en) : id;
};
export const kindOptions = () => rules.kinds.map((kind) => [kind.id, t(kind.zh, kind.en)]);
export const districtOptions = (first) => [["", first], ...districts.map(({ properties: p }) => [p.code, p.name]), [page.city.code, page.city.name]];

/** The name of a district or of the city; another division is told by its code. */
export const divisionName = (code) => districtOptions("").find(([one]) => one === code)?.[1] ?? code;

export function clearMap() {
  ["found", "asked"].forEach((code) => layer(code)?.clearLayers());
  drawLegend("", []);
  drawSources([]);
}

/** A numbered mark that stands for a row of the list. */
export const dot = (point, text, name, look = "", onclick = null) =>
  mark(point, el("span", { class: `ring ${look}` }, text), { size: 28, pane: "numbers", name, onclick, inList: true });

/** Word and sign of an outcome, whatever its colour. */
export const chip = ([look, sign, word], more = null) => el("span", { class: `outcome is-${look}` }, el("span", { class: "sign-of", "aria-hidden": "true" }, sign), word, more);
export const synthetic = (isSo) => isSo && el("span", { class: "synthetic" }, t("合成", "synthetic"));
export const results = (...children) => put(byId("results"), ...children);
export const question = (...children) => put(byId("question"), ...children);

/** A labelled input; answers [field, input]. */
export function input(label, attributes = {}, tag = "input") {
  const box = el(tag, attributes);
  return [el("label", { class: "field" }, el("span", {}, label), box), box];
}

/** Chips of which one is pressed: [code, words, number]. */
export const filterChips = (label, options, current, pick) => el("div", { class: "chips", role: "group", "aria-label": label }, options.map(([code, words, number]) =>
  el("button", { type: "button", class: "chip", "aria-pressed": String(code === current), onclick: () => pick(code) }, words, " ", el("strong", {}, number))));

/** A choice that the address keeps and that draws anew. */
export const keep = (name, value) => choose({ [name]: value });
export const kept = (name, fallback = "") => chosen(name, fallback);

/** The day at the officer's desk, and the office that enters: asked for once, kept in this tab. */
export const today = () => day(new Date().toISOString());
export const roleField = () => input(t("经办单位或岗位（不写个人）", "Office or role (no person)"), { type: "text", maxlength: 100, required: true, name: "role", value: sessionStorage.getItem(ROLE) ?? "" });
export const keepRole = (role) => sessionStorage.setItem(ROLE, role);
const ROLE = "atlas-names-role";

/** Run a step; what goes wrong is said in `host`, or by `say(problem)`; a dead token asks for another one. */
export async function attempt(step, host, say = null) {
  put(host);
  try {
    return await step();
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    tell("");
    if (problem instanceof Refused && !problem.division) document.dispatchEvent(new CustomEvent("atlas:refused", { detail: problem }));
    else if (say) say(problem);
    else if (!host.isConnected) tell(problem.message, true); // its form was left meanwhile
    else put(host, el("p", { class: "problem", role: "alert" }, problem.message));
    return null;
  }
}

/** Hand bytes or text to the browser as a file. */
export function saveAs(name, content, type) {
  const link = el("a", { href: URL.createObjectURL(new Blob([content], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
export const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
export const DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
export const bytesOf = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

/** A file as base64, for a body of JSON. */
export async function base64Of(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

/** Cells as CSV for a spreadsheet: with a byte-order mark, and no cell that begins a formula. */
export function csvOf(rows) {
  const plain = (cell) => { const text = String(cell ?? ""); return /^[\s\u3000]*[=+\-@＝＋－＠]/.test(text) ? `'${text}` : text; };
  return `\ufeff${rows.map((row) => row.map((cell) => `"${plain(cell).replaceAll('"', '""')}"`).join(",")).join("\r\n")}\r\n`;
}
