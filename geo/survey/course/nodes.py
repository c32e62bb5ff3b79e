"""Which places of a line does a text name, on which stretch, in which order?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from geo.survey.course.align import longest_rise
from geo.survey.course.found import DisagreementKind
from geo.survey.course.parse import Phrase, SaidLeg
from geo.survey.course.stops import Stop
from geo.survey.course.track import Track

Wrong = tuple[DisagreementKind, str, int, str, str, str]


@dataclass(frozen=True, slots=True)
class Nodes:
    """One node more than stretches. at_m: chainage in the direction of the text, None where the
    text names no place that is known; wrong: fields of a Disagreement; unknown: of an Unchecked.
    """

    at_m: tuple[float | None, ...]
    stops: tuple[Stop, ...]
    backwards: bool
    wrong: tuple[Wrong, ...]
    unknown: tuple[tuple[str, int, str], ...]


def sections_of(
    legs: Iterable[SaidLeg], by_track: Sequence[tuple[Stop, ...]]
) -> list[tuple[int, list[SaidLeg]]]:
    """Stretches of the text by the stretch of the line that they tell.

    The text says which (第2段：); else it is the one on which most of its markers stand.
    """
    grouped: dict[int | None, list[SaidLeg]] = {}
    for leg in legs:
        grouped.setdefault(leg.part, []).append(leg)
    made = []
    for part, rows in grouped.items():
        if part is None or not 1 <= part <= len(by_track):
            part = _best(rows, by_track)
        made.append((part, rows))
    return made


def _best(legs: Sequence[SaidLeg], by_track: Sequence[tuple[Stop, ...]]) -> int:
    said = {n for leg in legs for one in (leg.start, leg.end) if one for n in one.numbers}
    there = [len(said & {n for stop in stops for n in stop.numbers}) for stops in by_track]
    return there.index(max(there)) + 1


def nodes_of(
    legs: Sequence[SaidLeg], track: Track, stops: tuple[Stop, ...], known: Collection[str]
) -> Nodes:
    """Where the text's markers and ends are, from its own beginning.

    A marker that is not on this line, and one out of order, is told and then left out.
    """
    wrong: list[Wrong] = []
    unknown: list[tuple[str, int, str]] = []
    named: list[tuple[Phrase | None, Phrase | None]] = [(legs[0].start, None)]
    for before, after in zip([*legs], [*legs[1:], None], strict=True):
        follows = after.start if after is not None else None
        if before.end and follows and not _same(before.end, follows):
            wrong.append((
                "order", follows.text, follows.at, follows.value, f"上一段止于{before.end.value}",
                "应相接",
            ))  # fmt: skip
            named.append((before.end, follows))
        else:
            named.append((before.end or follows, None))
    backwards = _is_backwards(named, stops)
    if backwards:
        stops = tuple(
            replace(stop, at_m=track.length_m - stop.at_m) for stop in reversed(stops)
        )  # fmt: skip
    at: list[float | None] = []
    for one, other in named:
        here = _place(one, stops, known, wrong, unknown)
        there = _place(other, stops, known, wrong, unknown)
        at.append(there if here is None else here)
    if track.is_closed and len(at) > 1 and at[0] is not None and at[-1] == at[0]:
        at[-1] = track.length_m
    placed = [(k, value) for k, value in enumerate(at) if value is not None]
    in_order = longest_rise([value for _, value in placed])
    for k in (k for position, (k, _) in enumerate(placed) if position not in in_order):
        at[k] = None
        wrong += [
            ("order", one.text, one.at, one.value, "沿线次序不符", "里程须单调")
            for one in named[k]
            if one is not None
        ]
    return Nodes(tuple(at), stops, backwards, tuple(wrong), tuple(unknown))


def _is_backwards(
    named: Sequence[tuple[Phrase | None, Phrase | None]], stops: tuple[Stop, ...]
) -> bool:
    """Whether more markers follow each other against the line than along it."""
    places = {number: stop.at_m for stop in stops for number in stop.numbers}
    at = [
        places[number]
        for one, _ in named
        if one is not None
        for number in one.numbers[:1]
        if number in places
    ]
    return len(longest_rise([-value for value in at])) > len(longest_rise(at))


def _same(one: Phrase, other: Phrase) -> bool:
    return (one.numbers or one.value) == (other.numbers or other.value)


def _place(
    phrase: Phrase | None, stops: tuple[Stop, ...], known: Collection[str],
    wrong: list[Wrong], unknown: list[tuple[str, int, str]],
) -> float | None:  # fmt: skip
    """The chainage of a stop, None where it is no place that is known here."""
    if phrase is None or phrase.value.startswith("转折点"):
        return None
    if phrase.numbers:
        for stop in stops:
            if set(phrase.numbers) & set(stop.numbers):
                missing = [n for n in phrase.numbers if n not in stop.numbers]
                if missing:
                    wrong.append(_no_marker(phrase, missing, known))
                return stop.at_m
        wrong.append(_no_marker(phrase, list(phrase.numbers), known))
        return None
    for stop in stops:
        if (
            phrase.value == stop.name
            or (stop is stops[0] and phrase.value.endswith("起点"))
            or (stop is stops[-1] and phrase.value.endswith("止点"))
        ):
            return stop.at_m
    unknown.append(
        (phrase.text, phrase.at, "不是界桩或端点，未定位 · no marker or end of the line")
    )
    return None


def _no_marker(phrase: Phrase, numbers: Sequence[str], known: Collection[str]) -> Wrong:
    here = [n for n in numbers if n in known]
    found = "位置未知或离线过远" if here else "本线登记表中无此界桩"
    return ("marker", phrase.text, phrase.at, "、".join(numbers), found, "编号须相同")
