"""Where to build next, and what do stored scenarios change? Parts 3 and 4 of chapter 7.

Neither is ever in a public report. On made-up inputs an internal one shows what it would look like,
under a label that cannot be missed: title, warning, map and every row say so.
"""

from __future__ import annotations

from collections.abc import Sequence

import shapely

from geo.access.candidates import STATUS_ZH, Candidate
from geo.access.figures import Line
from geo.access.radius.question import kind_name
from geo.access.report_ground import Place
from geo.access.report_parts import ScenarioStudy, SiteStudy
from geo.access.scenario import ACTIONS_ZH
from geo.access.sites.words import status
from maps.report.blocks import Block, Column, Heading, Number, Paragraph, Picture, Table
from maps.report.drawing import SITE, Mark, draw_map
from maps.report.measured import spots_of
from maps.report.words import ID, MARK, REAL, SYNTHETIC, Words, numbers

NOT_FOR_CHOICE = "合成数据演示，不可作为选址依据"
INTERNAL = "选址与方案所用的候选点、未公开设施和精确人数属内部资料，公开口径不列。"
MOST_EXCLUDED = 40


def sites_part(words: Words) -> list[Block]:
    """For each kind that was asked for: the plan, its map, its sites, what was left out."""
    data = words.data
    if data.published_only:
        return [Paragraph(INTERNAL, "note")]
    if not data.sites:
        return [
            Paragraph(
                "本次没有给出选址计算结果：用 --site-kind 和 --sites 指明要建什么、建几处。", "note"
            )
        ]
    made: list[Block] = []
    for study in data.sites:
        made.append(
            Heading(3, f"{kind_name(study.kind)}（新增 {study.sites} 处）", f"site-{study.kind}")
        )
        made += _study(words, study)
    return made


def _study(words: Words, study: SiteStudy) -> list[Block]:
    found, answer = study.found, study.answer
    if found is None or answer is None:
        return [Paragraph(f"没有选址结果：{study.problem}", "note")]
    made: list[Block] = []
    if found.has_synthetic:
        made.append(Paragraph(_warning("所用的人口、设施、片区或候选点"), "warning"))
    whole = words.line(answer, "").values
    before, after, gained = (
        Number(whole[name]).text for name in ("covered_before", "covered", "gained")
    )
    made.append(
        Paragraph(
            f"目标：以 {study.sites} 处新增设施覆盖最多的 60 岁以上老人（MCLP），"
            f"半径 {study.radius_m:g} 米（直线）。"
            f"覆盖人数由 {before} 增至 {after}，增加 {gained} 人[{words.id(answer, '')}]。"
            f"{status(found.best, found.asked)[0]}{found.candidates.in_words()[0]}"
        )
    )
    if found.best.chosen:
        made += [_site_picture(words, study), _site_table(words, study)]
    if found.candidates.excluded:
        made.append(_excluded_table(found.candidates.excluded))
    return made


def _site_picture(words: Words, study: SiteStudy) -> Picture:
    data, found, answer = words.data, study.found, study.answer
    assert found is not None
    assert answer is not None
    marks = [
        Mark(str(one.order), one.candidate.lon, one.candidate.lat, study.radius_m)
        for one in found.best.chosen
        if one.candidate.lon is not None and one.candidate.lat is not None
    ]
    kind = kind_name(study.kind)
    title = f"{kind}推荐选址图"
    return Picture(
        f"{title}({NOT_FOR_CHOICE})" if found.has_synthetic else title,
        draw_map(
            words.frame(answer, banner=NOT_FOR_CHOICE), districts=data.districts,
            streets=data.streets, marks=marks, mark_words=f"推荐选址及其 {study.radius_m:g} 米半径",
            spots={f"现有{kind}": ("o", SITE, spots_of(data, (study.kind,)))},
        ),
        "图上序号与下表次序一致；次序按逐个新增时覆盖人数的多少。",
    )  # fmt: skip


def _site_table(words: Words, study: SiteStudy) -> Table:
    found, answer = study.found, study.answer
    assert found is not None
    assert answer is not None
    rows = []
    for one in found.best.chosen:
        line = words.line(answer, one.candidate.code)
        rows.append(
            (
                str(one.order), one.candidate.name,
                _street_of(words.data.streets, one.candidate), one.candidate.floor or "未知",
                one.candidate.land_use or "未知", Number(one.candidate.area_m2),
                *numbers(line, ("gained", "within", "served")), one.candidate.source or "未知",
                words.mark(line), words.id(answer, one.candidate.code),
            )
        )  # fmt: skip
    title = f"{kind_name(study.kind)}推荐选址"
    return Table(
        f"{title}({NOT_FOR_CHOICE})" if found.has_synthetic else title,
        (Column("次序", 0.5, "center"), Column("候选点", 1.9, "left"),
         Column(words.street_word, 1.5, "left"), Column("楼层", 0.55, "center"),
         Column("用途", 0.7, "left"), Column("面积（m²）", 0.7), Column("新增覆盖（人）", 0.8),
         Column("半径内（人）", 0.8), Column("就近服务（人）", 0.8), Column("来源", 1.2, "left"),
         MARK, ID),
        tuple(rows), note=answer.method, sheet=f"选址_{kind_name(study.kind)}", dense=True,
        keep=len(rows) <= 10,
    )  # fmt: skip


def _excluded_table(excluded: Sequence[Candidate]) -> Table:
    """Why others were not taken: each with its reasons, and how sure the limit is."""
    return Table(
        f"未采用的候选点及原因（{SYNTHETIC}）"
        if any(one.is_synthetic for one in excluded)
        else "未采用的候选点及原因",
        (Column("候选点", 1.6, "left"), Column("编码", 1.5, "left"), Column("原因", 2.2, "left"),
         Column("限制的出处", 2.4, "left"), MARK),
        tuple(
            (
                one.name, one.code, "；".join(reason.zh for reason in one.reasons),
                "；".join(dict.fromkeys(
                    f"{reason.limit.source.partition('·')[0].strip()}({_sure(reason.limit.status)})"
                    for reason in one.reasons
                )),
                SYNTHETIC if one.is_synthetic else REAL,
            )
            for one in excluded[:MOST_EXCLUDED]
        ),
        note="" if len(excluded) <= MOST_EXCLUDED
        else f"共 {len(excluded)} 处，此处列前 {MOST_EXCLUDED} 处。",
        sheet="排除的候选点", dense=True,
    )  # fmt: skip


def scenarios_part(words: Words) -> list[Block]:
    """Every scenario beside its day: all in one table, then one after another."""
    data = words.data
    if data.published_only:
        return [Paragraph(INTERNAL, "note")]
    if not data.scenarios:
        return [
            Paragraph(
                "本市没有保存方案。用 atlas scenario make 保存后，本节自动给出与现状的比较。",
                "note",
            )
        ]
    made: list[Block] = []
    compared = [one for one in data.scenarios if not one.problem]
    if any(one.found["district"].has_synthetic for one in compared):
        made.append(Paragraph(_warning("比较所用的人口、设施或片区"), "warning"))
    if compared:
        made.append(_overview(words, compared))
    for one in data.scenarios:
        made.append(Heading(3, f"方案「{one.scenario.name}」", f"scenario-{one.scenario.id}"))
        if one.problem:
            made.append(Paragraph(f"无法比较：{one.problem}", "note"))
        else:
            made += [_changes_table(one), _scenario_picture(words, one)]
            made += [_difference_table(words, one, areas) for areas in one.answers]
    return made


def _overview(words: Words, compared: Sequence[ScenarioStudy]) -> Table:
    rows = []
    for one in compared:
        answer = one.answers["district"]
        line = words.line(answer, "")
        rows.append(
            (
                one.scenario.name, f"{kind_name(one.scenario.kind)} {one.radius_m:g} 米",
                one.scenario.on_date.isoformat(), _counted(one),
                *numbers(line, ("covered_today", "share_today", "covered_planned", "share_planned",
                                "gained_60", "mean_today_m", "mean_planned_m")),
                words.mark(line), words.id(answer, ""),
            )
        )  # fmt: skip
    return Table(
        words.titled("方案与现状比较", *(one.answers["district"] for one in compared)),
        (Column("方案", 1.4, "left"), Column("设施与半径", 1.3, "left"),
         Column("基准日", 1, "center"), Column("变化", 0.9, "left"),
         Column("现覆盖（人）", 0.9), Column("覆盖率", 0.7),
         Column("方案覆盖（人）", 0.9), Column("覆盖率", 0.7), Column("增减（人）", 0.8),
         Column("现平均距离（米）", 0.8), Column("方案平均距离（米）", 0.8), MARK, ID),
        tuple(rows), sheet="方案比较", dense=True, keep=True,
        note="60 岁以上人口；两侧用同一规则、同一次读取的数据。平均距离只计 20 公里内有设施的人。",
    )  # fmt: skip


def _changes_table(one: ScenarioStudy) -> Table:
    return Table(
        f"方案「{one.scenario.name}」的变化",
        (Column("序号", 0.4, "center"), Column("变化", 0.6, "center"), Column("名称", 2, "left"),
         Column("设施编码", 1.3, "left"), Column("候选点编码", 1.3, "left"),
         Column("年份", 0.6, "center")),
        tuple(
            (str(number), ACTIONS_ZH[change.action], change.name or "—",
             change.facility_code or "—", change.candidate_code or "—",
             str(change.year) if change.year else "即时")
            for number, change in enumerate(one.scenario.changes, start=1)
        ),
        note=one.scenario.note or "", sheet=f"方案{one.scenario.id}_变化", dense=True,
    )  # fmt: skip


def _scenario_picture(words: Words, one: ScenarioStudy) -> Picture:
    data = words.data
    answer = one.answers.get(data.street) or one.answers["district"]
    marks = [
        Mark(str(number), change.lon, change.lat, one.radius_m)
        for number, change in enumerate(one.scenario.changes, start=1)
        if change.lon is not None and change.lat is not None
    ]
    kind = kind_name(one.scenario.kind)
    return Picture(
        words.titled(f"方案「{one.scenario.name}」实施后的{kind}覆盖率", answer),
        draw_map(
            words.frame(answer, banner=NOT_FOR_CHOICE), districts=data.districts,
            streets=data.streets,
            shares={line.key: line.values["share_planned"] for line in answer.lines},
            share_words=f"{kind} {one.radius_m:g} 米覆盖率（方案）",
            marks=marks, mark_words="新增或迁入的设施及其半径",
        ),
        "图上序号与上表一致。",
    )  # fmt: skip


def _difference_table(words: Words, one: ScenarioStudy, areas: str) -> Table:
    """Area by area; of streets only those where something changes, the others are counted."""
    answer = one.answers[areas]
    shown: list[Line] = [
        line
        for line in answer.lines
        if areas == "district" or not line.key or line.values["gained_60"]
    ]
    word = "区县" if areas == "district" else words.street_word
    names = ("people_60", "covered_today", "share_today", "covered_planned", "share_planned",
             "gained_60", "gained_80")  # fmt: skip
    rest = len(answer.lines) - len(shown)
    return Table(
        words.titled(f"方案「{one.scenario.name}」与现状对照（分{word}）", answer),
        (Column(word, 1.4, "left"), Column("60+ 人数"), Column("现覆盖"), Column("覆盖率", 0.8),
         Column("方案覆盖"), Column("覆盖率", 0.8), Column("60+ 增减", 0.8),
         Column("80+ 增减", 0.8), MARK, ID),
        tuple(
            (line.name, *numbers(line, names), words.mark(line), words.id(answer, line.key))
            for line in shown
        ),
        note=f"其余 {rest} 个{word}没有变化。" if rest else "",
        sheet=f"方案{one.scenario.id}_{word}", bold_last=True, dense=True,
    )  # fmt: skip


def _sure(status: str) -> str:
    return STATUS_ZH.get(status, status)


def _warning(what: str) -> str:
    return (
        f"{NOT_FOR_CHOICE}。{what}含程序生成的合成数据，"
        "以下图表只说明报告的样式，不得作为选址依据。"
    )


def _counted(one: ScenarioStudy) -> str:
    changes = one.scenario.changes
    counts = {action: sum(c.action == action for c in changes) for action in ACTIONS_ZH}
    return "、".join(f"{ACTIONS_ZH[action]} {count}" for action, count in counts.items() if count)


def _street_of(streets: Sequence[Place], one: Candidate) -> str:
    """The street that holds a candidate."""
    if one.lon is None or one.lat is None:
        return "未知"
    at = shapely.Point(one.lon, one.lat)
    return next((p.name for p in streets if p.shape is not None and p.shape.intersects(at)), "未知")
