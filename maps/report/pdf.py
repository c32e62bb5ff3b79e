"""How is a report laid out as PDF? HTML of the blocks, set by WeasyPrint; nothing is fetched."""

from __future__ import annotations

import base64
import logging
from html import escape
from pathlib import Path
from typing import Any

from geo.errors import Unavailable
from geo.text.cells import clean
from maps.report.blocks import (
    Block,
    Card,
    Cards,
    Document,
    Heading,
    Paragraph,
    Picture,
    Sheet,
    Table,
    shown,
    stretches,
)

STYLE = Path(__file__).with_name("report.css")


def as_pdf(document: Document) -> bytes:
    """The report as PDF. Raises Unavailable where the system's text libraries are missing."""
    setter = _weasyprint()
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    # Pictures are data: addresses; another one could only be somebody's text become an address.
    fetcher = setter.urls.URLFetcher(allowed_protocols=["data"])
    page = setter.HTML(string=as_html(document), url_fetcher=fetcher)
    style = setter.CSS(string=STYLE.read_text(encoding="utf-8"), url_fetcher=fetcher)
    made: bytes = page.write_pdf(stylesheets=[style])
    return made


def _weasyprint() -> Any:
    try:
        import weasyprint
    except OSError as problem:
        raise Unavailable(
            "PDF 所需的系统库缺失。Debian/Ubuntu：sudo apt-get install libpango-1.0-0 "
            "libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk；也可改用 .docx 或 .xlsx。\n"
            f"PDF needs Pango: sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0 "
            f"libharfbuzz-subset0 fonts-noto-cjk ({problem}); or write .docx or .xlsx."
        ) from None
    return weasyprint


def as_html(document: Document) -> str:
    """The report as one HTML page for paper; every text escaped."""
    body = "".join(
        f"<section{' class=wide' if is_wide else ''}>{''.join(map(_block, blocks))}</section>"
        for is_wide, blocks in stretches(document.blocks)
    )
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{_t(document.title)}'
        f'</title><meta name="description" content="{_t(document.subtitle)}"></head><body>'
        f'<div class="running">{_t(document.title)}</div>'
        f'<div class="banner-run">{_t(document.banner)}</div>'
        f'<div class="approval-run">{_t(document.approval)} · 示意，不作为划界依据</div>'
        f"{_cover(document)}{_contents(document)}<main>{body}</main></body></html>"
    )


def _t(text: str) -> str:
    return escape(clean(text), quote=True)


def _cover(document: Document) -> str:
    banner = f'<p class="cover-banner">{_t(document.banner)}</p>' if document.banner else ""
    lines = "".join(f"<li>{_t(line)}</li>" for line in document.cover_lines)
    made = document.made
    return (
        f'<section class="cover">{banner}<div class="cover-mark"></div>'
        f'<p class="cover-place">{_t(document.place)}</p><h1>{_t(document.title)}</h1>'
        f'<p class="cover-sub">{_t(document.subtitle)}</p><ul>{lines}</ul>'
        f'<p class="cover-seal">编制单位（盖章）：<span></span></p>'
        f'<p class="cover-date">{made.year} 年 {made.month} 月 {made.day} 日</p></section>'
    )


def _contents(document: Document) -> str:
    items = "".join(
        f'<li class="l{h.level}"><a href="#{_t(h.key)}">{_t(h.text)}</a></li>'
        for h in document.headings
    )
    return f'<nav class="contents"><h2>目录</h2><ol>{items}</ol></nav>'


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        name = f"h{block.level}"
        breaks = ' class="breaks"' if block.breaks else ""
        return f'<{name} id="{_t(block.key)}"{breaks}>{_t(block.text)}</{name}>'
    if isinstance(block, Paragraph):
        return f'<p class="{block.look}">{_t(block.text)}</p>'
    if isinstance(block, Cards):
        return f'<table class="cards"><tr>{"".join(map(_card, block.cards))}</tr></table>'
    if isinstance(block, Table):
        return _table(block)
    if isinstance(block, Picture):
        data = base64.b64encode(block.png).decode()
        return (
            f'<figure><img alt="{_t(block.title)}" src="data:image/png;base64,{data}">'
            f"<figcaption><b>{_t(block.title)}</b> {_t(block.alt)}</figcaption></figure>"
        )
    return _sheet(block)


def _card(card: Card) -> str:
    beside = f'<span class="beside">{_t(card.beside)}</span>' if card.beside else ""
    return (
        f'<td class="card"><span class="label">{_t(card.label)}</span>'
        f'<span class="value">{_t(card.number.text)}<small>{_t(card.unit)}</small></span>'
        f'{beside}<span class="id">{_t(card.id)}</span></td>'
    )


def _sheet(sheet: Sheet) -> str:
    facts = "".join(
        f"<td><span>{_t(fact.label)}</span><b>{_t(fact.number.text)}</b>{_t(fact.unit)}"
        f' <i class="id">{_t(fact.id)}</i></td>'
        for fact in sheet.facts
    )
    half = (len(sheet.table.rows) + 1) // 2
    tables = "".join(
        f"<td>{_rows(sheet.table, rows)}</td>"
        for rows in (sheet.table.rows[:half], sheet.table.rows[half:])
    )
    advice = "".join(f"<li>{_t(one)}</li>" for one in sheet.advice)
    return (
        f'<section class="sheet" id="{_t(sheet.key)}"><h3>{_t(sheet.name)}</h3>'
        f'<table class="facts"><tr>{facts}</tr></table>'
        f'<table class="halves"><tr>{tables}</tr></table>'
        f"<ul>{advice}</ul></section>"
    )


def _table(table: Table) -> str:
    looks = " ".join(
        name for name, is_so in (("dense", table.dense), ("keep", table.keep)) if is_so
    )
    note = f'<p class="note">注：{_t(table.note)}</p>' if table.note else ""
    title = f'<p class="title">{_t(table.title)}</p>'
    if not table.rows:
        return f'<div class="table">{title}<p class="note">没有可列的内容。</p>{note}</div>'
    total = " total" if table.bold_last else ""
    return f'<div class="table {looks}{total}">{title}{_rows(table, table.rows)}{note}</div>'


def _rows(table: Table, rows: tuple[Any, ...]) -> str:
    whole = sum(column.width for column in table.columns)
    widths = "".join(
        f'<col style="width:{column.width / whole * 100:.2f}%">' for column in table.columns
    )
    head = "".join(f'<th class="{c.align[0]}">{_t(c.name)}</th>' for c in table.columns)
    body = "".join(
        "<tr>"
        + "".join(
            f'<td class="{c.align[0]}{" s" if c.small else ""}">{_t(shown(cell))}</td>'
            for c, cell in zip(table.columns, row, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    return (
        f"<table><colgroup>{widths}</colgroup><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )
