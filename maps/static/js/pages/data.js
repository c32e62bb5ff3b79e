// Where does what is loaded come from, under which licence, of which date, in which system?

import "atlas/shell.js";
import { ask, sorry } from "atlas/api.js";
import { byId, el, put, tell } from "atlas/dom.js";
import { count, day, known, native, t } from "atlas/words.js";

const NOTES = [
  ["坐标系", "Coordinate system", "库内一律为 CGCS2000（EPSG:4490）。GCJ-02 与 BD-09 只在入库时反算，标「近似」。对外输出的经纬度与 WGS 84 在本图精度内一致。",
    "Stored as CGCS2000 (EPSG:4490) throughout. GCJ-02 and BD-09 are undone on import only and marked approximate. Longitudes and latitudes given out equal WGS 84 within the accuracy of these maps."],
  ["未知", "Unknown", "没有填报或没有来源的值为「未知」，不写 0，也不参加筛选和合计。", "What was not reported or has no source reads “unknown”: never 0, never counted, never passing a filter."],
  ["合成", "Synthetic", "演示用的人口、设施、片区由种子生成，逐行标「合成」；真实乡镇名下没有合成数据。", "People, facilities and zones of the demonstration are generated from a seed and marked row by row; no real township carries synthetic data."],
  ["图形", "Outlines", "区划图形只有今天的。名称代码未变的单位，往年以虚线画今天的图形并注明「当年是否如此未知」；已变的单位和乡镇街道没有公开图形，只列不画。", "Outlines exist for today only. Where name and code did not change, earlier years show today's outline dashed, marked as not known to hold then; changed divisions and townships have no open outlines and are listed, not drawn."],
  ["来源不一致", "Where sources disagree", "区划代码、名称与年份在不同来源间不一致时，两说并存于备注，不取舍。", "Where sources disagree on codes, names or years, the remark keeps both."],
  ["界线", "Boundaries", "各图均为示意，不作为划界依据；长度、面积为量算值。", "All maps are schematic and no basis for delimitation; lengths and areas are measured on them."],
];

const KINDS = { "city-data": ["城市底数", "City data"], demo: ["合成演示", "Synthetic"], facilities: ["设施", "Facilities"] };

// What a row says under each heading; files without coordinates have no system to name.
const COLUMNS = [
  [t("种类", "Kind"), (row) => (KINDS[row.kind] ? t(...KINDS[row.kind]) : row.kind), "tight"],
  [t("内容", "Content"), (row) => [el("strong", {}, t(row.about?.title_zh, row.about?.title) ?? row.file_name), el("br"), el("span", { class: "small" }, row.file_name)]],
  [t("出处", "Origin"), (row) => known([row.about?.origin, row.about?.original_source].filter(Boolean).join("; ") || null)],
  [t("许可", "Licence"), (row) => known(row.licence), "tight"],
  [t("数据日期", "Data of"), (row) => known(/^\d{4}/.test(row.about?.date ?? "") ? row.about.date : null), "tight"],
  [t("入库", "Loaded"), (row) => day(row.received_at), "tight"],
  [t("坐标系（声明 → 采用）", "System (stated → used)"), (row) => (row.crs_stated || row.crs_used ? `${known(row.crs_stated)} → ${known(row.crs_used)}` : t("无坐标", "no coordinates"))],
  [t("备注", "Remarks"), (row) => native(t(row.about?.note_zh ?? row.about?.note, row.about?.note)) ?? "–"],
  ["SHA-256", (row) => el("code", { title: row.sha256 }, (row.sha256 ?? "").slice(0, 12))],
];

async function begin() {
  put(byId("controls"), el("dl", { class: "notes" }, NOTES.map(([zh, en, inZh, inEn]) => el("div", {}, el("dt", {}, t(zh, en)), el("dd", {}, t(inZh, inEn))))),
    el("h2", {}, t("已载入的文件", "Loaded files")));
  try {
    const found = await ask("/sources");
    const rows = found?.sources ?? [];
    tell(t(`共 ${count(rows.length)} 份`, `${count(rows.length)} files`));
    put(byId("results"), rows.length
      ? el("div", { class: "wide-table", tabindex: "0", role: "region", "aria-label": t("来源表", "Table of sources") }, el("table", { class: "figures left" },
        el("thead", {}, el("tr", {}, COLUMNS.map(([name]) => el("th", { scope: "col" }, name)))),
        el("tbody", {}, rows.map((row) => el("tr", {}, COLUMNS.map(([, said, look]) => el("td", { class: look }, said(row))))))))
      : el("p", { class: "empty" }, t("还没有载入公开的文件。", "No public file is loaded yet.")));
  } catch (problem) {
    tell("");
    put(byId("results"), sorry(problem));
  }
}

begin();
