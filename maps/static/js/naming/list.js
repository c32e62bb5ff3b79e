// What is each name of a whole list: standard, not standard, former or not on record; which rules fired?

import { drawLegend, layer, map } from "atlas/board.js";
import { byId, el, put, tell } from "atlas/dom.js";
import { page } from "atlas/page.js";
import { drawRows, pageOf, select } from "atlas/rows.js";
import { attempt, base64Of, bytesOf, chip, csvOf, districtOptions, dot, filterChips, input, kindName, kindOptions, question, results, saveAs, synthetic, XLSX } from "atlas/naming/desk.js";
import { send } from "atlas/naming/door.js";
import { comparedFacts, ruleRows } from "atlas/naming/rule_rows.js";
import { DUE, OUTCOMES, VERDICTS } from "atlas/naming/words.js";
import { count, isKnown, t } from "atlas/words.js";

const AT_ONCE = 100;
const MOST_IN_XLSX = 200;
const HEADING = /^(名称|地名|拟命名名称|标准名称|name)$/i;

const typed = { text: "", kind: "street", division: "" }; // stays in this tab
let sent = []; // the rows as they were sent
let judged = []; // {row, answer}
let only = "";
let at = 0;
let open_ = null;
let runs = 0;

export function open() {
  typed.division ||= page.city.code;
  drawForm();
  if (judged.length) draw();
  else drawHint();
  return () => { runs += 1; };
}

function drawForm() {
  const [textField, text] = input(t("粘贴名单：每行一个；也可带表头粘贴（名称、类别、区划、经度、纬度、批准日期…）", "Paste a list: a name a line, or a table with headings"), { id: "names", rows: 5, value: typed.text, placeholder: "长江路\n新河路", oninput: () => { typed.text = text.value; } }, "textarea");
  const file = el("input", { type: "file", id: "file", accept: ".csv,.xlsx,.txt" });
  const told = el("div", { id: "list-problem" });
  question(el("form", { class: "check-form", novalidate: true, onsubmit: (event) => { event.preventDefault(); attempt(() => judge(file.files[0] ?? null), told); } },
    textField,
    el("label", { class: "field" }, el("span", {}, t("或选文件（.csv、.xlsx，最多 2000 行）", "Or a file (.csv, .xlsx, at most 2 000 rows)")), file),
    el("div", { class: "pair" },
      select(t("未填类别时按", "Kind where none is given"), kindOptions(), typed.kind, (id) => { typed.kind = id; }),
      select(t("未填区划时按", "Division where none is given"), districtOptions(t("不指定", "none")).slice(1), typed.division, (code) => { typed.division = code; })),
    el("button", { type: "submit", class: "primary", id: "judge" }, t("核查名单", "Check the list")), told));
}

function drawHint() {
  results(el("div", { class: "empty-desk" },
    el("ul", { class: "outcome-key" }, Object.entries(VERDICTS).filter(([code]) => code !== "unread").map(([, one]) => el("li", {}, chip(one)))),
    el("p", { class: "hint" }, t("标准：库内现行标准名。非标准：现行的简称、别名、俗称。曾用：旧名、消失的名称。未收录：库内没有，不等于不存在。名单不保存、不记入日志。", "Standard: the standard name today. Not standard: a short, other or popular name. Former: an old name. Not on record: not stored here, which does not mean that it does not exist. Lists are neither stored nor logged."))));
}

/** Rows of what was pasted or chosen, in the types of the check. */
async function rowsOf(file) {
  const lines = typed.text.split(/\r?\n/).map((line) => line.trim()).filter(Boolean);
  const read = async (table) => (await send("/check/table", { file_base64: await base64Of(table) }, "table"))?.rows ?? [];
  if (file) return read(file);
  const head = (lines[0] ?? "").split(/[\t,，]/).map((cell) => cell.trim());
  if (head.some((cell) => HEADING.test(cell))) {
    const table = csvOf(lines.map((line) => line.split(/[\t,，]/)));
    return read(new Blob([table]));
  }
  return lines.map((name, i) => ({ number: i + 1, name: name.split(/[\t,，]/)[0].slice(0, 100), problem: null }));
}

async function judge(file) {
  const run = (runs += 1);
  tell(t("正在读取…", "Reading …"));
  const rows = await rowsOf(file);
  if (run !== runs) return;
  if (!rows.length) {
    tell(t("名单是空的：请粘贴名称或选择文件。", "The list is empty: paste names or choose a file."), true);
    return;
  }
  [judged, sent, only, at, open_] = [[], rows, "", 0, null];
  const good = rows.filter((row) => !row.problem && row.name?.trim());
  const answers = new Map();
  for (let from = 0; from < good.length; from += AT_ONCE) {
    tell(t(`正在核查 ${count(from)} / ${count(rows.length)}…`, `Checking ${from} of ${rows.length} …`));
    const part = good.slice(from, from + AT_ONCE);
    const made = await send("/check/batch", { rows: part.map(plainRow), kind: typed.kind, division: typed.division }, "list");
    if (run !== runs) return;
    const alike = twins(part, made.rows);
    made.rows.forEach((answer, i) => answers.set(part[i], { ...answer, in_list: alike[i] }));
  }
  judged = rows.map((row) => ({ row, answer: answers.get(row) ?? { verdict: null, problem: row.problem ?? t("名称为空", "no name"), duties: [], in_list: [], standard_names: [], check: null } }));
  draw();
  tell(t(`核查完毕：${count(judged.length)} 个名称`, `${count(judged.length)} names checked`));
}

const FIELDS = ["name", "kind", "division", "place_code", "lon", "lat", "land_m2", "floor_m2", "height_m", "green_percent", "approved_on", "filed_on", "noticed_on", "signed_on"];
const plainRow = (row) => Object.fromEntries(FIELDS.filter((name) => isKnown(row[name])).map((name) => [name, row[name]]));

/** Rows with the same name or sound: the service compares within a part and numbers its rows anew. */
function twins(part, answers) {
  return answers.map((answer) => (answer.in_list ?? []).map((words) => {
    const other = part[Number(/\d+/.exec(words)?.[0]) - 1]?.number;
    return words.includes("同音") ? t(`与第 ${other} 行同音`, `sounds like row ${other}`) : t(`与第 ${other} 行重名`, `same name as row ${other}`);
  }));
}

const verdictOf = ({ answer }) => answer.verdict ?? "unread";
const firedOf = ({ answer }) => (answer.check?.results ?? []).filter((one) => one.status === "fired");
const FILTERS = { ...Object.fromEntries(Object.keys(VERDICTS).map((code) => [code, (one) => verdictOf(one) === code])), must: (one) => firedOf(one).some((result) => result.rule.severity === "must_not") };
const shown = () => (only ? judged.filter(FILTERS[only]) : judged);

function draw() {
  const options = [["", t("全部", "All"), count(judged.length)],
    ...Object.entries(VERDICTS).map(([code, [, sign, word]]) => [code, `${sign} ${word}`, count(judged.filter(FILTERS[code]).length)]),
    ["must", `⊘ ${t("规则「不得」", "rule “must not”")}`, count(judged.filter(FILTERS.must).length)]].filter(([code, , number]) => !code || number !== "0");
  const list = el("div", { id: "judged" });
  const hasSynthetic = judged.some(({ answer }) => answer.check?.has_synthetic);
  results(
    el("h2", { class: "answer-title" }, t("核查结果", "Result"), " ", synthetic(hasSynthetic)),
    filterChips(t("按结果筛选", "Filter by verdict"), options, only, (code) => { [only, at] = [code, 0]; draw(); }),
    el("p", { class: "statement", role: "note" }, t("结果由机器比对库内地名得出，不是审批意见。", "Found by comparing with the stored names; this approves nothing.")),
    el("div", { class: "actions" },
      el("button", { type: "button", onclick: saveCsv }, t("下载 CSV", "Save CSV")),
      sent.length <= MOST_IN_XLSX && el("button", { type: "button", onclick: () => attempt(saveXlsx, byId("file-problem")) }, t("下载 XLSX", "Save XLSX")),
      el("button", { type: "button", onclick: () => print() }, t("打印", "Print"))),
    el("div", { id: "file-problem" }), list);
  const turn = (to) => { at = to; lay(); byId("panel-body").scrollTop = 0; };
  const lay = () => {
    drawRows(list, shown(), at, { draw: (one) => row(one, lay), turn, empty: t("没有这一类名称。", "No such name.") });
    drawMap();
  };
  lay();
}

function row(one, again) {
  const { row: given, answer } = one;
  const isOpen = open_ === given.number;
  const counts = Object.keys(OUTCOMES).slice(0, 3).map((severity) => [OUTCOMES[severity], firedOf(one).filter((result) => result.rule.severity === severity).length]).filter(([, number]) => number);
  return [
    el("button", { type: "button", class: "row", "aria-expanded": String(isOpen), "data-row": given.number, onclick: () => { open_ = isOpen ? null : given.number; again(); } },
      el("span", { class: "number" }, given.number),
      el("span", { class: "row-text" },
        el("span", { class: "row-name" }, given.name || t("（空）", "(empty)")),
        answer.standard_names.length > 0 && el("span", { class: "row-note" }, t(`标准名称：${answer.standard_names.join("、")}`, `standard: ${answer.standard_names.join(", ")}`)),
        answer.in_list.length > 0 && el("span", { class: "row-note twins" }, t(`表内：${answer.in_list.join("、")}`, `in the list: ${answer.in_list.join(", ")}`)),
        answer.problem && el("span", { class: "row-note" }, answer.problem),
        el("span", { class: "due-cells" }, counts.map(([outcome, number]) => chip(outcome, el("strong", {}, number))), answer.duties.filter((due) => due.state !== "unknown").map((due) => chip([DUE[due.state][0], DUE[due.state][1], dueWords(due)])))),
      el("span", { class: "row-end" }, chip(VERDICTS[verdictOf(one)]))),
    isOpen && answer.check && el("div", { class: "row-more" }, comparedFacts(answer.check, kindName(answer.check.kind)), ruleRows(answer.check.results)),
  ];
}
const dueWords = (due) => `${{ filing: t("备案", "filing"), notice: t("公告", "notice"), sign: t("设标", "signs") }[due.what]}${t("", " ")}${DUE[due.state][2]}${due.done_on ? "" : ` ${due.due_on}`}`;

function drawMap() {
  if (!map) return;
  const group = layer("found").clearLayers();
  const placed = pageOf(shown(), at).filter(({ row: given }) => isKnown(given.lon));
  for (const { row: given } of placed) group.addLayer(dot([given.lon, given.lat], given.number, given.name, "solid", () => document.querySelector(`[data-row="${given.number}"]`)?.focus()));
  drawLegend(t("图例（个）", "Legend (number)"), placed.length ? [[el("span", { class: "ring key solid" }, ""), t("本页给了坐标的名称", "names of this page with a position"), count(placed.length)]] : []);
}

function saveCsv() {
  const rows = [["行号", "名称", "收录情况", "标准名称", "类别", "不得", "应避免", "请人工核对", "未能判定", "表内", "期限", "问题"]];
  for (const one of judged) {
    const { row: given, answer } = one;
    const said = (severity) => firedOf(one).filter((result) => result.rule.severity === severity).map((result) => `${result.rule.title_zh}：${result.zh}`).join("；");
    rows.push([given.number, given.name, VERDICTS[verdictOf(one)][2], answer.standard_names.join("、"), answer.check ? kindName(answer.check.kind) : "", said("must_not"), said("avoid"), said("review"),
      (answer.check?.results ?? []).filter((result) => result.status === "unchecked").map((result) => result.rule.title_zh).join("、"), answer.in_list.join("、"), answer.duties.filter((due) => due.state !== "unknown").map((due) => due.zh).join(""), answer.problem ?? ""]);
  }
  saveAs(`${t("名单核查", "names-checked")}.csv`, csvOf(rows), "text/csv");
}

async function saveXlsx() {
  const rows = sent.filter((one) => !one.problem && one.name?.trim()).map(plainRow);
  const made = await send("/check/batch", { rows, kind: typed.kind, division: typed.division, output: "xlsx" });
  if (made) saveAs(made.file_name, bytesOf(made.file_base64), XLSX);
}
