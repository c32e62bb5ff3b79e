// What was found, and where? A new task, placed by a district or by a click on the map.

import { layer, map } from "atlas/board.js";
import { el, put, tell } from "atlas/dom.js";
import { select } from "atlas/rows.js";
import { attempt } from "atlas/planning/attempt.js";
import { dot, input, nameOf, outlines, results } from "atlas/planning/desk.js";
import { ask, send } from "atlas/planning/door.js";
import { WORK_KINDS } from "atlas/planning/words.js";
import { page } from "atlas/page.js";
import { t } from "atlas/words.js";

/** Ask for a new task; `back` leaves, `made(answer)` tells of it. */
export function drawNew(back, made) {
  const told = el("div", { role: "status" });
  const place = el("p", { class: "hint" });
  let kind = "fire_hazard";
  let admin = "";
  let hazard = "";
  let hazards = [];
  const hazardField = el("div", { class: "hazard-pick" });
  const sayHazard = () => put(hazardField, kind === "fire_hazard" && hazards.length > 0
    ? select(t("隐患代码（可不填）", "Hazard (optional)"), [["", t("未分类", "Not classed")], ...hazards.map((one) => [one.code, t(one.zh, one.en ?? one.zh)])], hazard, (code) => { hazard = code; }) : "");
  attempt(async () => { hazards = (await ask("/planning/hazards", {}, "hazards"))?.hazards ?? []; sayHazard(); });
  let point = null;
  const sayPlace = () => put(place, point
    ? [t(`位置 ${point[0].toFixed(5)}，${point[1].toFixed(5)}`, `Position ${point[0].toFixed(5)}, ${point[1].toFixed(5)}`), " ", el("button", { type: "button", class: "plain", onclick: () => { point = null; layer("gaps")?.clearLayers(); sayPlace(); } }, t("去掉", "Remove"))]
    : map ? t("也可在地图上点一下，标出位置。", "Or click on the map to mark the place.") : "");
  const click = ({ latlng }) => {
    point = [latlng.lng, latlng.lat];
    layer("gaps").clearLayers().addLayer(dot(point, "+", t("新事项的位置", "place of the new task"), { look: "solid", size: 28, colour: "#b3261e" }));
    sayPlace();
  };
  map?.on("click", click);
  const end = () => { map?.off("click", click); layer("gaps")?.clearLayers(); };
  const [titleField, title] = input(t("发现了什么（不写个人姓名、电话）", "What was found (no names or phones of persons)"), { type: "text", maxlength: 200, required: true });
  const [roleField, role] = input(t("发现单位或岗位（可不填）", "Found by (office or role; optional)"), { type: "text", maxlength: 100 });
  const [noteField, note] = input(t("说明（可不填）", "Remark (optional)"), { type: "text", maxlength: 500 });
  const enter = async (event) => {
    event.preventDefault();
    if (!event.target.reportValidity()) return;
    if (!admin && !point) {
      put(told, el("p", { class: "problem", role: "alert" }, t("请选择区划，或在地图上点出位置。", "Choose a division, or mark the place on the map.")));
      return;
    }
    const given = { kind, hazard_code: kind === "fire_hazard" ? hazard : "", title: title.value.trim(), admin_code: admin, role: role.value.trim(), note: note.value.trim(), ...(point ? { lon: Number(point[0].toFixed(6)), lat: Number(point[1].toFixed(6)) } : {}) };
    const body = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ""));
    const answer = await attempt(() => send("/planning/work-items", body), told);
    if (answer && told.isConnected) { end(); made(answer); }
  };
  sayPlace();
  results(
    el("button", { type: "button", class: "plain", onclick: () => { end(); back(); } }, t("← 回到任务清单", "← Back to the tasks")),
    el("form", { class: "card-form", onsubmit: enter, novalidate: true }, el("h2", {}, t("登记事项", "Enter a task")),
      select(t("类别", "Kind"), Object.entries(WORK_KINDS), kind, (code) => { kind = code; sayHazard(); }), hazardField, titleField,
      select(t("所在区划", "Division"), [["", t("按地图位置", "by the place on the map")], ...outlines.district.map(({ properties: p }) => [p.code, nameOf.get(p.code)]), [page.city.code, page.city.name]], admin, (code) => { admin = code; }),
      place, el("div", { class: "pair" }, roleField, noteField), el("button", { type: "submit", class: "primary", id: "enter-item" }, t("登记", "Enter")),
      el("p", { class: "hint" }, t("登记后历史只增加，不能删除。", "Once entered, history only grows.")), told));
  tell("");
}
