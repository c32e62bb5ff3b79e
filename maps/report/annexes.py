"""By which methods, from which data, under which licences? Annexes B and C."""

from __future__ import annotations

from geo.access.standards import STATUS_WORDS
from maps.report.blocks import Block, Column, Heading, Number, Paragraph, Table
from maps.report.words import MARK, REAL, SYNTHETIC, Words

WHAT = {
    "areas": "区域", "people": "人口", "facilities": "设施", "roads": "路网",
    "candidates": "候选点",
}  # fmt: skip


def method(words: Words) -> list[Block]:
    """Each rule of computing once, and the written rules in full."""
    data = words.data
    answers = {
        "人口": data.people["district"], "设施": data.stock, "床位": data.beds["district"],
        "应有设施": data.must_have, "按措施分类": data.measures,
    }  # fmt: skip
    made: list[Block] = []
    for number, (name, answer) in enumerate(answers.items(), start=1):
        made += [Heading(2, name, f"aB-{number}"), Paragraph(answer.method)]
    first = next(iter(data.radii_m), None)
    if first is not None:
        made += [
            Heading(2, "覆盖与缺口", "aB-7"),
            Paragraph(data.coverage["district", first].method + "其他类别同此，半径各异。"),
            Paragraph(
                "直线半径不考虑河流、铁路、围墙；服务半径取自生活圈标准的步行距离，"
                "因此直线口径的覆盖率是上限。"
            ),
        ]
        walked = next(iter(data.on_foot.answers.values()), None)
        if walked is not None:
            made.append(Paragraph(walked.method))
    if data.estate_answer is not None:
        made += [Heading(2, "小区配建", "aB-8"), Paragraph(data.estate_answer.method)]
    made += _indicators(words)
    made += [
        Heading(2, "所用规则", "aB-9"),
        Table(
            "书面规则及其核实状态",
            (Column("规则", 3.2, "left"), Column("数值", 0.8), Column("出处", 3.4, "left"),
             Column("核实状态", 0.9, "center")),
            tuple(
                (rule.title, Number(rule.value, _digits(rule.value)),
                 rule.source or "未知",
                 STATUS_WORDS[rule.status][0])
                for rule in (*data.targets, *(data.estates.rules if data.estates else ()))
            ),
            sheet="规则", dense=True,
        ),
        Heading(2, "不确定性", "aB-10"),
        Paragraph(
            "地理编码误差、人口格网的代表点、登记与实际开放的差异都会影响结果；少数人的小区域比例波动大。"
            "「量算值」由图形计算，不是法定数据。图件示意，不作为划界依据。"
        ),
    ]  # fmt: skip
    return made


def _indicators(words: Words) -> list[Block]:
    """What each indicator is, and how it is computed."""
    rows = tuple(
        (one.indicator.title, one.indicator.definition, one.indicator.formula, one.indicator.id)
        for one in words.data.watched
    )
    return [
        Heading(2, "指标", "aB-11"),
        Table(
            "监测指标的定义与公式",
            (Column("指标", 1.8, "left"), Column("定义", 3.2, "left"), Column("公式", 2.2, "left"),
             Column("目录代码", 1.3, "left", small=True)),
            rows, sheet="指标定义", dense=True,
        ),
    ]  # fmt: skip


def _digits(value: float) -> int:
    """Decimals that a written rule's value needs."""
    return 3 if value < 0.01 else 2 if value % 1 else 0


def origins(words: Words) -> list[Block]:
    """Sources with date and number of rows; deliveries with licence and checksum."""
    data = words.data
    return [
        Table(
            "数据来源",
            (Column("内容", 0.8, "left"), Column("来源", 3, "left"), Column("日期", 1.1, "center"),
             Column("行数", 0.9), MARK),
            tuple(
                (WHAT.get(one.what, one.what), one.source or "未知",
                 one.source_date.isoformat() if one.source_date else "未知", Number(one.rows),
                 SYNTHETIC if one.is_synthetic else REAL)
                for one in data.origins
            ),
            sheet="数据来源",
        ),
        _deliveries(words),
        Paragraph(f"数据状态编号：{data.people['district'].stamp}；编制于 {data.made_at.date()}。",
                  "note"),
    ]  # fmt: skip


def _deliveries(words: Words) -> Block:
    """Which files the rows came by; their names are for staff, and so is what was not published."""
    data = words.data
    if data.published_only:
        return Paragraph("数据交付批次属内部资料，公开口径不列。", "note")
    return Table(
        "数据交付批次",
        (
            Column("批次", 0.5),
            Column("数据表", 1.2, "left"),
            Column("文件", 2.2, "left"),
            Column("校验和（前 12 位）", 1.4, "left", small=True),
            Column("接收日期", 1, "center"),
            Column("许可", 1, "left"),
            Column("行数", 0.8),
        ),
        tuple(
            (
                str(one.id),
                one.table,
                one.file_name,
                one.sha256[:12],
                one.received_at.date().isoformat(),
                one.licence or "未知",
                Number(one.rows),
            )
            for one in data.deliveries
        ),
        note="同一批次可写入多张数据表；行数为该批次在表中的全部行，含其他城市。",
        sheet="交付批次",
        dense=True,
    )
