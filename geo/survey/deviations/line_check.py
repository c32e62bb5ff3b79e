"""Does the whole register of a line hold together, by number, side, order and place?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from geo.errors import NotFound, both
from geo.queries.admin import Reader
from geo.survey.deviations.of_line import LineOnRecord, Standing, lines_on_record, standings
from geo.survey.markers.numbers import read_number
from geo.survey.markers.references import LEAST
from geo.survey.markers.rules import NumberRule, number_rules, written
from geo.survey.markers.sequence import (
    Finding,
    Numbered,
    Placed,
    check_order,
    check_serials,
)

MOST_LINES = 3


@dataclass(frozen=True, slots=True)
class LineCheck:
    """What does not fit in a line's register. line None: it is not on record.

    placed: how many markers have a firm place along the line; unplaced: those that have none.
    """

    line_code: str
    line: LineOnRecord | None
    markers: int
    placed: int
    unplaced: tuple[str, ...]
    rules: tuple[NumberRule, ...]
    findings: tuple[Finding, ...]


def check_line(session: Reader, code: str, on: date) -> LineCheck:
    """Check the register of a line on a day; nothing is changed. Raises NotFound for no line."""
    line = lines_on_record(session, [code], on).get(code)
    found = standings(session, on=on, line=code)
    if line is None and not found:
        raise NotFound(both(f"{on} 没有界线 {code}。", f"no line {code} is on record on {on}"))
    rules = tuple(
        rule for rule in number_rules(written(session, "marker_number", on))
        if line is None or rule.fits(line.level, line.left_code)
    )  # fmt: skip
    numbered, findings = _numbers(session, found, rules, on)
    if rules:
        findings += check_serials(_code_in_numbers(code, numbered), numbered, rules[0])
    findings += too_many_lines((one.marker.number, one.marker.line_codes) for one in found)
    findings += [
        Finding("few_references", f"{one.marker.number} 只有 {len(one.marker.objects)} 个方位物，"
                f"应至少 {LEAST} 个 · too few reference objects", (one.marker.number,))
        for one in found if len(one.marker.objects) < LEAST
    ]  # fmt: skip
    placed = _placed(found, code)
    findings += check_order(placed)
    has_place = {one.text for one in placed}
    unplaced = tuple(one.marker.number for one in found if one.marker.number not in has_place)
    return LineCheck(code, line, len(found), len(placed), unplaced, rules, tuple(findings))


def _code_in_numbers(code: str, numbered: Sequence[Numbered]) -> str:
    """The line's code as numbers spell it: its own, else the one that most of them carry.

    A register may keep lines under codes of its own; then the numbers must agree among themselves.
    """
    said = [one.number.line for one in numbered]
    return code if code in said or not said else max(sorted(set(said)), key=said.count)


def _numbers(
    session: Reader, found: Sequence[Standing], rules: Sequence[NumberRule], on: date
) -> tuple[list[Numbered], list[Finding]]:
    """The numbers that some rule reads, and a finding for each that none does."""
    forms = written(session, "marker_other_forms", on)
    numbered, findings = [], []
    for one in found:
        made = read_number(one.marker.number, rules, other_forms=forms)
        if made.number is not None:
            numbered.append(Numbered(made.number, one.marker.place_codes))
        elif rules:
            words = f"{made.text}：{'；'.join(made.problems)}"
            findings.append(Finding("unread", words, (one.marker.number,)))
    if not rules and found:
        words = "没有适用于该级界线的编号规则，编号未核 · no rule of numbers for this level"
        findings.append(Finding("unread", words, ()))
    return numbered, findings


def too_many_lines(markers: Iterable[tuple[str, Sequence[str]]]) -> list[Finding]:
    """Markers on more than three lines; `markers` are pairs of number and line codes; pure."""
    return [
        Finding(
            "too_many_lines", f"{number} 在 {len(codes)} 条界线上 · on too many lines", (number,)
        )
        for number, codes in markers
        if len(set(codes)) > MOST_LINES
    ]


def _placed(found: Sequence[Standing], code: str) -> list[Placed]:
    """Markers with a serial and a firm place along the line: the archived one, else as measured."""
    made = []
    for one in found:
        for place in one.on_lines:
            foot = place.archived or place.measured
            if place.line.code == code and foot is not None and one.marker.serial is not None:
                made.append(
                    Placed(
                        one.marker.number, one.marker.serial, foot.chainage_m, foot.lon, foot.lat
                    )
                )
    return made
