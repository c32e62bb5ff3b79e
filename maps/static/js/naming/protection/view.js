// Which listed names must be surveyed, and how is each of them kept?

import { byId, el, tell } from "atlas/dom.js";
import { page } from "atlas/page.js";
import { PAGE_SIZE, drawRows, foldedOnPhone, pageOf, select } from "atlas/rows.js";
import { choose, chosen } from "atlas/state.js";
import { attempt, chip, csvOf, filterChips, question, results, saveAs, synthetic } from "atlas/naming/desk.js";
import { heritage } from "atlas/naming/door.js";
import { drawPlaces, forgetPlaces } from "atlas/naming/nominations/place.js";
import { drawOne } from "atlas/naming/protection/one.js";
import { SURVEYS, listLine, loadKinds, stateChip, valueWord } from "atlas/naming/protection/words.js";
import { count, isKnown, known, t, word } from "atlas/words.js";

let found = null; // the service's answer: the names, those to be surveyed first
let at = 0;

const load = () => heritage.ask("/protection", { city: null, within: page.city.code, limit: 10000 }, "protection");

export async function open() {
  const [told] = await Promise.all([load(), loadKinds()]);
  if (!told) return forgetPlaces;
  [found, at] = [told, 0];
  await draw();
  return forgetPlaces;
}

async function draw(isAsked = false) {
  const code = chosen("item");
  if (!code) return drawList();
  question(el("button", { type: "button", class: "plain", id: "to-list", onclick: back }, t("← 回到保护名录", "← Back to the listed names")));
  const item = found.names.find((one) => one.code === code);
  if (!item) {
    results(el("p", { class: "empty" }, t("此地名不在本区划的名录里；可能已撤回，或属于别的区划。", "This name is on no list of this division: it was withdrawn, or belongs to another one.")));
    return tell("");
  }
  await attempt(() => drawOne(item, changed), byId("results"));
  if (isAsked) byId("protected")?.focus();
  return null;
}

function go(choices) {
  choose(choices);
  byId("panel-body").scrollTop = 0;
  return draw(true);
}

async function back() {
  const code = chosen("item");
  await go({ item: null });
  byId("names").querySelector(`[data-code="${CSS.escape(code)}"]`)?.focus();
}

/** The rows once something was entered; answers the one that is open. */
async function changed() {
  found = (await load().catch(() => null)) ?? found;
  return found.names.find((one) => one.code === chosen("item"));
}

/** Fields of the lists → the words of a value. */
const FIELDS = {
  list: ["list_name", t("名录", "List"), (value) => value],
  level: ["level", t("级别", "Level"), (value) => word("level", value)],
  class: ["list_class", t("名录类别", "Class"), (value) => value],
};
const only = () => (SURVEYS[chosen("only")] ? chosen("only") : "");

/** One list must fit all three choices together. */
const narrowed = () => found.names.filter((one) => one.lists.some((list) => Object.entries(FIELDS).every(([name, [key]]) => !chosen(name) || list[key] === chosen(name))));
const shown = () => narrowed().filter((one) => !only() || one.survey_state === only());

function drawList() {
  const rows = narrowed();
  const counted = (state) => rows.filter((one) => one.survey_state === state).length;
  const pick = (choices) => { choose(choices); at = 0; drawList(); };
  question(
    filterChips(t("按调查筛选", "Filter by survey"), [["", t("全部", "All"), count(rows.length)], ...Object.entries(SURVEYS).map(([state, [, sign, name]]) => [state, `${sign} ${name}`, count(counted(state))])], only(), (state) => {
      pick({ only: state });
      byId("question").querySelector("[aria-pressed=true]")?.focus();
    }),
    foldedOnPhone("protection-filters", t("按名录、级别、类别筛选", "By list, level, class"), Object.keys(FIELDS).some((name) => chosen(name)),
      el("div", { class: "filters" }, Object.entries(FIELDS).map(([name, [key, label, words]]) => {
        const values = [...new Set(found.names.flatMap((one) => one.lists.map((list) => list[key])).filter(isKnown))];
        const field = select(label, [["", t("全部", "All")], ...values.map((value) => [value, words(value)])], chosen(name), (value) => {
          pick({ [name]: value });
          byId("question").querySelector(`[name="${name}"]`).focus();
        });
        field.querySelector("select").name = name;
        return field;
      }))));
  const list = el("div", { id: "names" });
  results(list,
    el("div", { class: "actions" },
      el("button", { type: "button", disabled: !shown().length, onclick: saveCsv }, t("下载 CSV", "Save CSV")),
      el("button", { type: "button", onclick: () => print() }, t("打印", "Print"))),
    el("p", { class: "source" }, t(`截至 ${found.on}。到期的在前，最早的最先；然后是从未调查的。一地一计，列入几个名录也只列一次。`, `As of ${found.on}. Those due come first, the longest due before the others; then those never surveyed. Each name once, on however many lists.`)));
  turn(at);
  tell(t(`共 ${count(rows.length)} 个地名：调查到期 ${count(counted("due"))}，从未调查 ${count(counted("never"))}`, `${count(rows.length)} names: ${count(counted("due"))} due for survey, ${count(counted("never"))} never surveyed`));
}

function turn(to) {
  at = Math.min(to, Math.max(0, Math.ceil(shown().length / PAGE_SIZE) - 1));
  byId("panel-body").scrollTop = 0;
  drawRows(byId("names"), shown(), at, { draw: row, turn, empty: found.names.length ? t("没有符合条件的地名。", "No name fits.") : t("还没有列入名录的地名。先在「名录提名」里提名、公布，或由管理员载入名录。", "No name is on a list yet: nominate and publish one, or ask the administrator to load a list.") });
  drawPlaces(pageOf(shown(), at).map((one, i) => ({ code: one.code, name: one.name, sign: at * PAGE_SIZE + i + 1, pick: () => go({ item: one.code }) })), t("名录中的地名，号码同列表", "Listed names, numbered as listed"));
}

const row = (one, number) => el("button", { type: "button", class: "row", "data-code": one.code, onclick: () => go({ item: one.code }) },
  el("span", { class: "number" }, number),
  el("span", { class: "row-text" },
    el("span", { class: "row-name" }, one.name, " ", synthetic(one.is_synthetic)),
    el("span", { class: "row-note" }, one.lists.map((list) => el("span", { class: "line" }, listLine(list)))),
    el("span", { class: "row-note" }, [one.unit_name ?? t("所在未知", "division unknown"), !one.is_public && t("未公开", "not public")].filter(Boolean).join(" · ")),
    el("span", { class: "due-cells" }, chip(stateChip("protection", one.protection)), chip(stateChip("sign", one.sign)))),
  el("span", { class: "row-end" }, chip(SURVEYS[one.survey_state]), when(one)));

/** The day that matters: when it is due, else when it was last surveyed. */
function when(one) {
  if (isKnown(one.survey_due)) return el("span", { class: "small" }, t(`应于 ${one.survey_due}`, `due ${one.survey_due}`));
  return isKnown(one.surveyed_on) && el("span", { class: "small" }, t(`上次 ${one.surveyed_on}`, `last ${one.surveyed_on}`));
}

function saveCsv() {
  saveAs(`${t("名录保护", "listed-names")}-${found.on}.csv`, csvOf([
    ["地名代码", "地名", "要素类别", "名录", "所在区划", "存续状况", "标志", "最近调查", "下次调查", "调查状态", "公开", "合成"],
    ...shown().map((one) => [one.code, one.name, word("feature", one.feature_class), one.lists.map(listLine).join("；"), known(one.unit_name), valueWord("protection", one.protection), valueWord("sign", one.sign),
      known(one.surveyed_on), known(one.survey_due), SURVEYS[one.survey_state][2], one.is_public ? t("是", "yes") : t("否", "no"), one.is_synthetic ? t("合成", "synthetic") : ""]),
  ]), "text/csv");
}
