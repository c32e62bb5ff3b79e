"""Does the register of one line hold together: serials, letters, sides, order along the line?

A finding says what does not fit and which markers it concerns; nothing is changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from geo.survey.markers.numbers import MarkerNumber
from geo.survey.markers.rules import NumberRule

KINDS_ZH = {
    "missing_serial": "序号缺号",
    "duplicate": "编号重复",
    "mixed_letters": "同号类型码不配套",
    "incomplete_group": "同号双立、三立不齐",
    "first_letter": "首码不在代码小的一侧",
    "other_line": "线号与所在界线不符",
    "line_direction": "界线方向与序号相反",
    "numbered_backwards": "序号不是自西向东或自北向南",
    "chainage": "里程与序号次序不符",
    "too_many_lines": "界桩在三条以上界线上",
    "unread": "编号读不懂",
    "few_references": "方位物不足三个",
}


@dataclass(frozen=True, slots=True)
class Numbered:
    """A marker of a line: its number; the divisions on whose ground it stands, where known."""

    number: MarkerNumber
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a register that does not fit, in words, with the numbers that it concerns."""

    kind: str
    words: str
    numbers: tuple[str, ...]


def check_serials(line: str, markers: Sequence[Numbered], rule: NumberRule) -> list[Finding]:
    """Missing and repeated serials, letters that do not stand together, A on the wrong side; pure.

    Where the line ends is not known from its markers: only gaps below the highest serial are found.
    """
    found = [
        Finding("other_line", f"{one.number.text} 的线号是 {one.number.line}，不是 {line} · "
                "the number names another line", (one.number.text,))
        for one in markers if one.number.line != line
    ]  # fmt: skip
    own = [one for one in markers if one.number.line == line]
    by_serial: dict[int, list[Numbered]] = defaultdict(list)
    for one in own:
        by_serial[one.number.serial].append(one)
    if by_serial:
        wanted = range(rule.first_serial, max(by_serial) + 1)
        lost = [serial for serial in wanted if serial not in by_serial]
        if lost:
            words = "、".join(_runs(lost, rule.serial_digits))
            found.append(Finding("missing_serial", f"缺序号 {words} · serials are missing", ()))
    for serial in sorted(by_serial):
        found += _check_group(by_serial[serial], rule)
    return found


def _check_group(group: Sequence[Numbered], rule: NumberRule) -> list[Finding]:
    """Whether the markers of one serial make a single, a pair or three."""
    texts = tuple(sorted(one.number.text for one in group))
    letters = [one.number.letter for one in group]
    repeated = tuple(sorted({text for text in texts if texts.count(text) > 1}))
    if repeated:
        return [Finding("duplicate", f"{'、'.join(repeated)} 重复 · given twice", repeated)]
    wanted = {one for one in rule.letters if set(one) & set(letters)}
    if len(wanted) > 1:
        return [Finding("mixed_letters", f"同一序号有 {'、'.join(sorted(letters))} · letters of "
                        "different groups under one serial", texts)]  # fmt: skip
    [whole] = wanted
    lacking = [letter for letter in whole if letter not in letters]
    if lacking:
        stem = texts[0][:-1]
        missing = "、".join(f"{stem}{letter}" for letter in lacking)
        return [Finding("incomplete_group", f"有 {'、'.join(texts)}，缺 {missing} · incomplete",
                        texts)]  # fmt: skip
    return _check_sides(group, texts)


def _check_sides(group: Sequence[Numbered], texts: tuple[str, ...]) -> list[Finding]:
    """Whether the first letter stands on the side of the smaller code, where sides are known."""
    sides = [(one.number.letter, one.places[0]) for one in group if one.places]
    if len(group) < 2 or len(sides) < len(group) or len({side for _, side in sides}) < len(sides):
        return []
    by_letter = [side for _, side in sorted(sides)]
    if by_letter == sorted(by_letter):
        return []
    words = "、".join(f"{letter} 在 {side[:6]}" for letter, side in sorted(sides))
    return [
        Finding("first_letter", f"{words}；代码小的应为首 · the smaller code comes first", texts)
    ]


def _runs(serials: Iterable[int], digits: int) -> list[str]:
    """Serials with neighbours joined: 003、007–009."""
    runs: list[list[int]] = []
    for serial in serials:
        if runs and serial == runs[-1][1] + 1:
            runs[-1][1] = serial
        else:
            runs.append([serial, serial])
    return [
        f"{first:0{digits}d}" + (f"–{last:0{digits}d}" if last > first else "")
        for first, last in runs
    ]


@dataclass(frozen=True, slots=True)
class Placed:
    """A marker's serial and where it stands: its foot along the line, and its place in degrees."""

    text: str
    serial: int
    chainage_m: float
    lon: float
    lat: float


def check_order(markers: Sequence[Placed], *, slack_m: float = 0.0) -> list[Finding]:
    """Whether chainage grows with the serial, and serials go from west to east or north to south.

    Of the markers that break the order as few as possible are named (the rest make the longest
    sequence that fits). Those of one serial may stand in any order. `slack_m`: how far back counts
    as none. A line drawn against the serials is told once, not as a break at every marker.
    """
    rows = sorted(markers, key=lambda one: one.serial)
    if len({one.serial for one in rows}) < 2:
        return []
    found = []
    along = breaks(rows, slack_m=slack_m)
    turned = [
        Placed(one.text, one.serial, -one.chainage_m, one.lon, one.lat) for one in rows
    ]  # fmt: skip
    against = breaks(turned, slack_m=slack_m)
    if len(against) < len(along):
        along = against
        words = "里程随序号递减：线向与序号相反 · the line runs against the serials"
        found.append(Finding("line_direction", words, ()))
    kept = [one for one in rows if one.text not in along]
    if kept and not _runs_east_or_south(kept[0], kept[-1]):
        words = f"{kept[0].text} 至 {kept[-1].text} 自东向西或自南向北 · from east or from south"
        found.append(Finding("numbered_backwards", words, (kept[0].text, kept[-1].text)))
    by_text = {one.text: one for one in rows}
    for text in along:
        words = f"{text} 的里程 {by_text[text].chainage_m:.1f} m 与相邻序号次序不符 · out of order"
        found.append(Finding("chainage", words, (text,)))
    return found


def breaks(rows: Sequence[Placed], *, slack_m: float = 0.0) -> list[str]:
    """The fewest markers without which chainage never falls as the serial grows; O(n²)."""
    rows = sorted(rows, key=lambda one: (one.serial, one.chainage_m))
    if not rows:
        return []
    chainage = np.array([one.chainage_m for one in rows])
    longest = np.ones(len(rows), dtype=np.int64)
    before = np.full(len(rows), -1)
    for at in range(1, len(rows)):
        fits = chainage[:at] <= chainage[at] + slack_m
        if fits.any():
            lengths = np.where(fits, longest[:at], 0)
            before[at] = int(np.argmax(lengths))
            longest[at] = lengths[before[at]] + 1
    keep, at = set(), int(np.argmax(longest))
    while at >= 0:
        keep.add(at)
        at = int(before[at])
    return [one.text for place, one in enumerate(rows) if place not in keep]


def _runs_east_or_south(first: Placed, last: Placed) -> bool:
    """Whether the way from first to last is eastward, or southward where that is the longer way."""
    east = (last.lon - first.lon) * float(np.cos(np.radians((first.lat + last.lat) / 2)))
    south = first.lat - last.lat
    return east >= 0 if abs(east) >= abs(south) else south >= 0
