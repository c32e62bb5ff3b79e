// How far is one nomination, what is known of the place, what was said on the way, and what may follow?

import { showPoint } from "atlas/board.js";
import { byId, el, put, tell } from "atlas/dom.js";
import { facts, select } from "atlas/rows.js";
import { chosen } from "atlas/state.js";
import { chip, divisionName, results, synthetic } from "atlas/naming/desk.js";
import { heritage } from "atlas/naming/door.js";
import { sendingForm, signature } from "atlas/naming/nominations/fields.js";
import { cardOf, drawPlaces, forgetCard, leafOf, placeFacts } from "atlas/naming/nominations/place.js";
import { scoresBox } from "atlas/naming/nominations/scores.js";
import { DONE, STATES, STEPS, VERDICTS, lacking, way } from "atlas/naming/nominations/words.js";
import { isKnown, known, moment, t, word } from "atlas/words.js";

/** Draw one nomination with its history; `changed(item)` tells of its new state. */
export async function drawOne(code, changed) {
  const item = await heritage.ask(`/nominations/${encodeURIComponent(code)}`, { city: null }, "item");
  if (!item || chosen("item") !== code) return; // somebody went back meanwhile
  draw(item, changed);
  const [point] = await drawPlaces([{ code: item.place_code, name: item.name, sign: STATES[item.state]?.[1] }]);
  if (point) showPoint(point, 11);
}

function draw(item, changed) {
  const [, , name, means] = STATES[item.state] ?? ["", "", item.state_zh, ""];
  results(
    el("h2", { class: "answer-title", id: "nomination", tabindex: "-1" }, item.name, " ", synthetic(item.is_synthetic)),
    el("p", { class: "state-line" }, chip(STATES[item.state] ?? ["none", "?", name]), " ", means, " ",
      item.state === "published" && el("a", { href: leafOf("heritage", item.place_code) }, t("看公众看到的一页 →", "See the page that everybody sees →"))),
    el("div", { class: "due-cells state-line" }, way(item).map((one) => chip(one))),
    facts([
      [t("提名编号", "Number"), item.code], [t("名录", "List"), item.list_name],
      [t("种类、级别", "Kind, level"), `${word("family", item.family)} · ${word("level", item.list_level)}`],
      [t("名录类别", "Class"), known(item.list_class)], [t("时代", "Era"), known(item.era)], [t("批次", "Batch"), known(item.batch)],
      [t("提名区划", "Proposed by"), divisionName(item.admin_code)],
    ]),
    nextForm(item, changed),
    el("h2", {}, t("经过", "History")),
    el("ol", { class: "events" }, item.steps.map(event)),
    aboutPlace(item),
    scoresBox(item));
  tell(t(`${item.code} ${name}`, `${item.code}: ${name}`));
}

const event = (one) => el("li", {},
  el("strong", {}, one.on_date), ` ${DONE[one.step] ?? one.step}`, isKnown(one.verdict) && t(`：${VERDICTS[one.verdict]}`, `: ${VERDICTS[one.verdict]}`), ` · ${one.role}`,
  el("span", { class: "line" }, one.reasons),
  el("span", { class: "line small" }, t(`记录于 ${moment(one.recorded_at)}`, `entered ${moment(one.recorded_at)}`)));

/** What is stored of the place; it comes a moment later. */
function aboutPlace(item) {
  const box = el("div", { class: "folded" });
  cardOf(item.place_code).then((card) => put(box, card
    ? [facts([[t("地名代码", "Place code"), item.place_code], ...placeFacts(card)]), el("p", {}, el("a", { href: leafOf("id", item.place_code) }, t("地名页：全部名称、年代和出处 →", "Page of the place: all names, years and sources →")))]
    : el("p", {}, t(`地名 ${item.place_code} 尚未公开，公布提名之前须先公开。`, `The place ${item.place_code} is not public; it must be before the nomination is published.`))));
  return el("details", { class: "fold", id: "about-place", open: true }, el("summary", {}, t("地名资料与来源", "The place and its sources")), box);
}

function nextForm(item, changed) {
  if (!item.next.length) return el("p", { class: "done" }, t("已撤回，没有下一步。要再列入名录，请重新提名这个地名。", "Withdrawn: nothing follows. To bring it onto a list, nominate the place once more."));
  const [awaited] = lacking(item);
  let step = [awaited, "published"].find((one) => item.next.includes(one)) ?? item.next[0];
  const about = el("div", { class: "step-fields" });
  const lay = () => put(about,
    el("p", { class: "hint" }, STEPS[step]?.[1]),
    ["opinion", "expert"].includes(step) && verdictField());
  lay();
  const form = sendingForm({
    id: "take-step", title: t("下一步", "Next step"), button: t("记录这一步", "Record this step"),
    given: (value) => ({ step, verdict: ["opinion", "expert"].includes(step) ? value("verdict") : null }),
    send: (body) => heritage.send(`/nominations/${item.code}/steps`, body),
    done: (now) => {
      if (["published", "withdrawn"].includes(now.state)) forgetCard(now.place_code);
      changed(now);
      if (chosen("item") !== now.code) return;
      draw(now, changed);
      byId("nomination").focus();
    },
  }, select(t("办什么", "What is done"), item.next.map((code) => [code, STEPS[code]?.[0] ?? code]), step, (code) => { step = code; lay(); }), about, signature(t("理由（1000 字以内，不写个人信息）", "Reasons (at most 1000 characters, nothing personal)")),
  el("p", { class: "hint" }, t("记录后不能修改或删除。", "Once recorded it can be neither changed nor deleted.")));
  if (item.state !== "published") return form;
  return el("details", { class: "fold", id: "after" }, el("summary", {}, t("登记撤回", "Withdraw it")), el("div", { class: "folded" }, form));
}

const verdictField = () => el("label", { class: "field" }, el("span", {}, t("意见结论", "Verdict")),
  el("select", { name: "verdict" }, el("option", { value: "" }, t("请选择", "Choose")), Object.entries(VERDICTS).map(([code, words]) => el("option", { value: code }, words))));
