// Which lines are due for joint inspection, and how far is each campaign?

import { drawLegend, drawSources, layer, map, shape, show } from "atlas/board.js";
import { byId, el, put, tell } from "atlas/dom.js";
import { extent } from "atlas/geodesy.js";
import { page } from "atlas/page.js";
import { facts } from "atlas/rows.js";
import { choose, chosen } from "atlas/state.js";
import { allLines, drawDeskGround, tellProblem } from "atlas/survey/desk.js";
import { ask, saveFile } from "atlas/survey/door.js";
import { clearMap } from "atlas/survey/ground.js";
import { drawLines, lineSign } from "atlas/survey/line_map.js";
import { count, day, isKnown, known, metres, native, percent, t } from "atlas/words.js";

const STATUS = {
  never: ["从未联检（未知）", "never inspected (unknown)"], reported: ["变化后须联检", "due after a change"],
  overdue: ["已逾期", "overdue"], soon: ["一年内到期", "due within a year"], later: ["未到期", "not yet due"],
};
const STATES = { planned: ["已安排", "planned"], desk_done: ["内业完成", "desk done"], field_done: ["外业完成", "field done"], concluded: ["已结束", "concluded"] };
const PRESSING = ["reported", "overdue", "never"];

let due = [];
let campaigns = [];
let lines = [];
let open = null; // code of a line
let campaign = null; // {told, progress, walked}

const agreed = () => due.filter((one) => one.basis !== "derived");
const sketches = () => due.filter((one) => one.basis === "derived");

function draw() {
  drawMap();
  put(byId("results"),
    tiles(),
    el("h2", {}, t("到期清单", "Lines that are due")),
    !agreed().length && el("p", { class: "empty" }, t("没有依据协议书或详图的界线；示意线不安排联检。", "No line rests on an agreement or detailed map; sketches are not inspected.")),
    el("ul", { class: "rows" }, agreed().map((one) => el("li", {}, dueRow(one)))),
    sketches().length > 0 && el("p", { class: "hint" }, t(`另有示意线 ${count(sketches().length)} 条，没有协议书，不列入清单。`, `${count(sketches().length)} sketches without an agreement are not listed.`)),
    el("h2", {}, t("联检进度", "Campaigns")),
    !campaigns.length && el("p", { class: "empty" }, t("还没有组织联检。用 ./atlas survey campaign 建立。", "No campaign yet: ./atlas survey campaign opens one.")),
    el("ul", { class: "rows" }, campaigns.map((one) => el("li", {}, campaignRow(one)))),
    el("p", { class: "source" }, t("内部资料，不得公开。", "Internal, never public.")));
}

function tiles() {
  const counted = Object.keys(STATUS).map((status) => [status, agreed().filter((one) => one.status === status).length]).filter(([status, number]) => number || status === "overdue");
  return el("dl", { class: "tiles" }, counted.map(([status, number]) => el("div", { class: number && PRESSING.includes(status) ? "is-bad" : null }, el("dt", {}, t(...STATUS[status])), el("dd", {}, count(number)))));
}

const left = (one) => (isKnown(one.days_left) ? (one.days_left < 0 ? t(`逾期 ${count(-one.days_left)} 天`, `${count(-one.days_left)} days over`) : t(`还有 ${count(one.days_left)} 天`, `${count(one.days_left)} days left`)) : t("到期日未知", "due day unknown"));

const dueRow = (one) => [
  el("button", { type: "button", class: "row", "aria-expanded": String(one.code === open), "data-code": one.code, onclick: () => pick(one.code) },
    lineSign(one.level),
    el("span", { class: "row-text" }, el("span", { class: "row-name" }, one.label), el("span", { class: "row-note" }, `${known(one.left_name)} · ${known(one.right_name)}`)),
    el("span", { class: "row-end" }, el("span", { class: `verdict is-${PRESSING.includes(one.status) ? "over" : one.status === "soon" ? "check" : "within"}` }, t(...(STATUS[one.status] ?? [one.status_zh, one.status]))), el("span", { class: "small" }, left(one)), one.is_synthetic && el("span", { class: "synthetic" }, t("合成", "synthetic")))),
  one.code === open && el("div", { class: "card-place" }, facts([
    [t("上次联检", "Last"), isKnown(one.last_on) ? day(one.last_on) : t("未知", "unknown")],
    [t("应于", "Due"), isKnown(one.due_on) ? day(one.due_on) : t("未知", "unknown")],
    [t("牵头方", "Lead"), known(one.lead_name)],
    one.changes.length > 0 && [t("登记的变化", "Changes reported"), one.changes.join(t("、", ", "))],
    [t("依据", "Basis"), one.basis_zh],
  ])),
];

function campaignRow(one) {
  const isOpen = campaign?.told.code === one.code;
  return [
    el("button", { type: "button", class: "row", "aria-expanded": String(isOpen), "data-campaign": one.code, onclick: () => follow(one) },
      el("span", { class: "row-text" }, el("span", { class: "row-name" }, one.title), el("span", { class: "row-note" }, `${one.code} · ${day(one.opened_on)} – ${isKnown(one.until_on) ? day(one.until_on) : t("期限未定", "no end set")}`)),
      el("span", { class: "row-end" }, el("span", { class: "tag" }, t(`界线 ${count(one.lines.length)} 条`, `${count(one.lines.length)} lines`)))),
    isOpen && el("div", { class: "card-place" }, campaign.progress ? told(campaign) : el("p", { class: "hint" }, t("正在查询…", "Looking…"))),
  ];
}

const bar = (name, done, all) => el("div", { class: "progress" }, el("span", {}, name, el("span", { class: "bar" }, el("span", { style: `width:${all ? Math.round((done / all) * 100) : 0}%` }))), el("span", {}, `${count(done)} / ${count(all)}`));

function told({ told: one, progress, walked }) {
  return [
    facts(one.sides.map((side) => [side.unit_name ?? side.unit_code, side.office ?? t("岗位未填", "office not stated")])),
    progress.lines.map((line) => [
      el("h3", {}, `${line.label} `, el("span", { class: "tag" }, t(...(STATES[line.state] ?? [line.state_zh, line.state])))),
      bar(t("界桩表", "Markers filed"), line.markers_filed, line.markers),
      bar(t("分段表", "Stretches filed"), line.stretches_filed, line.stretches),
      bar(t("内业核对", "Desk checks"), line.desk_checked, line.stretches),
      el("p", {}, t("走过：", "Walked: "), isKnown(line.walked_share) ? el("strong", {}, percent(line.walked_share)) : t("没有轨迹", "no track yet")),
      line.open.length > 0 && el("details", { class: "fold" }, el("summary", {}, t(`待双方核定 ${count(line.open.length)} 项`, `${count(line.open.length)} to be settled by both sides`)), el("ul", { class: "folded" }, line.open.map((why) => el("li", {}, native(why))))),
    ]),
    walked?.features?.length > 0 && [el("h3", {}, t("未走到的段落（里程为量算值）", "Not walked (measured)")), el("ul", {}, walked.features.map(({ properties: p }) => el("li", {}, `${p.label} ${metres(p.from_m)} – ${metres(p.to_m)}`)))],
    progress.faults.length > 0 && [el("h3", {}, t(`问题 ${count(progress.faults.length)} 处`, `${count(progress.faults.length)} faults`)), el("ul", {}, progress.faults.map((fault) => el("li", {}, `${native(fault.title)} · `, isKnown(fault.work_item) ? t(`事项 ${fault.work_item}`, `work item ${fault.work_item}`) : t("未转事项", "no work item"))))],
    el("p", { class: "files" }, [["pack.zip", t("离线包", "Offline pack")], ["report.docx", t("联检报告", "Report")], ["register.xlsx", t("界桩成果表", "New register")]].map(([file, name]) =>
      el("button", { type: "button", class: "plain", onclick: () => saveFile(`/inspections/${encodeURIComponent(one.code)}/${file}`, `${one.code}-${file}`).catch(tellProblem) }, name))),
  ];
}

async function follow(one) {
  const wasOpen = campaign?.told.code === one.code;
  campaign = wasOpen ? null : { told: one };
  choose({ campaign: campaign ? one.code : null });
  draw();
  if (wasOpen) return;
  try {
    const path = `/inspections/${encodeURIComponent(one.code)}`;
    const [progress, walked] = await Promise.all([ask(path, { city: null }, "progress"), ask(`${path}/walked`, { city: null }, "walked").catch(() => null)]);
    if (campaign?.told.code !== one.code || !progress) return;
    Object.assign(campaign, { progress, walked });
    draw();
  } catch (problem) {
    tellProblem(problem);
  }
}

function pick(code) {
  open = open === code ? null : code;
  choose({ line: open });
  draw();
  const box = extent(lines.find((one) => one.properties.code === open)?.geometry ?? null);
  if (box) show(box, { maxZoom: 12 });
}

function drawMap() {
  if (!map) return;
  const status = new Map(agreed().map((one) => [one.code, one.status]));
  const those = lines.filter((one) => status.has(one.properties.code));
  for (const one of those) one.properties.due = PRESSING.includes(status.get(one.properties.code)) ? "now" : status.get(one.properties.code);
  drawLines(those, open, pick);
  const gaps = campaign?.walked?.features ?? [];
  layer("found").clearLayers().addLayer(shape(gaps, () => ({ className: "not-walked", pane: "lines", weight: 8, fill: false, interactive: false })));
  drawLegend(t("图例（条、段）", "Legend (number)"), [
    ...Object.keys(STATUS).map((code) => [code, those.filter((one) => status.get(one.properties.code) === code).length]).filter(([, number]) => number)
      .map(([code, number]) => [lineSign(3, `is-due-${PRESSING.includes(code) ? "now" : code}`), t(...STATUS[code]), count(number)]),
    gaps.length > 0 && [lineSign(5, "not-walked"), t("未走到", "not walked"), count(gaps.length)],
  ].filter(Boolean), t("示意线没有协议书，不安排联检。", "Sketches have no agreement and are not inspected."));
}

/** Open this view; answers what undoes it. */
export async function openView() {
  [open, campaign] = [chosen("line") || null, null];
  const [asked, held, found, ground] = await Promise.all([ask("/inspections/due", { city: null, within: page.city.code }, "due"), ask("/inspections", { city: null }, "campaigns"), allLines(), drawDeskGround()]);
  if (!asked || !held || !found || !ground) return null;
  due = asked.lines;
  campaigns = held.campaigns;
  lines = found.features;
  const now = agreed().filter((one) => PRESSING.includes(one.status)).length;
  tell(t(`须联检的界线 ${count(now)} 条，一年内到期 ${count(agreed().filter((one) => one.status === "soon").length)} 条，联检 ${count(campaigns.length)} 次`, `${count(now)} lines to be inspected now, ${count(agreed().filter((one) => one.status === "soon").length)} within a year, ${count(campaigns.length)} campaigns`));
  drawSources([asked.method && native(asked.method)]);
  draw();
  const linked = campaigns.find((one) => one.code === chosen("campaign"));
  if (linked) await follow(linked);
  return () => { [due, campaigns, lines, campaign] = [[], [], [], null]; clearMap(["lines", "found", "ground"]); };
}
