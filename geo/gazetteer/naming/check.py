"""Does a proposed name keep the rules of naming, and what was found? Never an approval."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from geo.gazetteer.history import names_near
from geo.gazetteer.naming import wording
from geo.gazetteer.naming.lists import Lists
from geo.gazetteer.naming.namesakes import (
    RELATIONS,
    Evidence,
    Existing,
    evidence_of,
    is_past,
    relation,
)
from geo.gazetteer.naming.proposal import Proposal, Subject, subject_of
from geo.gazetteer.naming.rules import SEVERITIES, Rule, RuleBook, rule_book
from geo.gazetteer.naming.scopes import Scope, Whereabouts, nation_gap, scope_of, whereabouts
from geo.gazetteer.naming.stored import dialect_variants, like, probes
from geo.gazetteer.naming.wording import Verdict, fired, not_applicable, quiet, unchecked
from geo.text import core, search_key
from geo.validity import today_in_china

STATEMENT = (
    "本结果只列出机器比对所见，不是审批意见，不表示名称可以使用；是否命名由有批准权的机关依法决定。",
    "This lists what a comparison found. It is no approval and does not say that the name may be "
    "used; the authority that approves names decides by law.",
)


@dataclass(frozen=True)
class Result:
    """One rule's answer: `status` is fired, not_fired, unchecked or not_applicable."""

    rule: Rule
    status: str
    severity_zh: str
    zh: str
    en: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class Checked:
    """What the rules say of one proposed name; `statement` says that this is no approval."""

    proposal: Proposal
    on: date
    specific: str
    generic: str
    readings: tuple[str, ...]
    reading_is_uncertain: bool
    scope: Scope
    around: tuple[str, ...]
    around_codes: tuple[str, ...]
    results: tuple[Result, ...]
    statement_zh: str
    statement_en: str
    text_status: str
    has_synthetic: bool

    def fired(self) -> list[Result]:
        """The rules that fired, the gravest first."""
        order = list(SEVERITIES)
        found = [one for one in self.results if one.status == "fired"]
        return sorted(found, key=lambda one: order.index(one.rule.severity))


def check_name(
    session: Session | Connection, proposal: Proposal, *, lists: Lists | None = None,
    on: date | None = None, built_up: BaseGeometry | None = None,
) -> Checked:  # fmt: skip
    """Answer what every rule says of a proposed name, with the stored names that it met.

    `lists` are the officer's (default: none); `built_up` is the built-up area (CGCS2000), without
    which the whole city stands for it. Raises BadInput for a bad name, kind or point, NotFound
    for an unknown division.
    """
    book, own, day = rule_book(), lists or Lists(), on or today_in_china()
    kind = book.kind(proposal.kind)
    subject = subject_of(proposal.name, kind)
    where = whereabouts(session, proposal, day)
    scope = scope_of(session, kind, where, own, day, built_up)
    is_known = scope.code is not None or scope.id == "nation"
    found = like(session, probes(subject, kind, own), day, book, kind=kind, scope=scope)
    met = compared(subject, found if is_known else [], proposal, book, own)

    def answer(rule: Rule) -> Result:
        evidence: tuple[Evidence, ...] = ()
        if rule.kinds and kind.id not in rule.kinds:
            verdict = not_applicable(f"只适用于{_kinds(rule, book)}。", "for other kinds")
        elif rule.id == "famous-specific":
            verdict, evidence = famous(session, proposal, subject, where, own, day, book)
        elif rule.id == "facility-place":
            verdict = of_its_place(session, subject, where, day, rule)
        elif rule.scope == "by_kind":
            verdict, evidence = by_scope(rule, met[rule.id], scope, proposal)
            if rule.id == "dialect-sound" and verdict.status == "not_fired":
                verdict = dialect_gap(subject, own) or verdict
        else:
            verdict = alone(rule, proposal, subject, own, book)
        severity = SEVERITIES[rule.severity]
        return Result(rule, verdict.status, severity, verdict.zh, verdict.en, evidence)

    results = tuple(answer(rule) for rule in book.rules)
    return Checked(
        proposal=proposal, on=day, specific=subject.specific, generic=subject.generic,
        readings=tuple(sorted(" ".join(one) for one in subject.toned)),
        reading_is_uncertain=subject.is_uncertain, scope=scope,
        around=tuple(unit.name for unit in reversed(where.units)),
        around_codes=tuple(unit.code for unit in reversed(where.units)), results=results,
        statement_zh=STATEMENT[0], statement_en=STATEMENT[1], text_status=book.text_status,
        has_synthetic=any(e.is_synthetic for r in results for e in r.evidence),
    )  # fmt: skip


def _kinds(rule: Rule, book: RuleBook) -> str:
    return "、".join(book.kinds[kind].zh for kind in rule.kinds)


def compared(
    subject: Subject, found: Sequence[Existing], proposal: Proposal, book: RuleBook, lists: Lists
) -> dict[str, list[Existing]]:
    """Sort stored names by the rule that they break; a pure function.

    Names of today are compared with names of the same kind. A past name counts for the rule on
    vanished names, of whichever kind, unless its own place takes it up again.
    """
    met: dict[str, list[Existing]] = {rule: [] for rule in (*RELATIONS, "vanished-name")}
    for one in found:
        if proposal.place_code is not None and one.place_code == proposal.place_code:
            continue
        how = relation(subject, one, book, lists)
        if how == "same-name" and is_past(one):
            met["vanished-name"].append(one)
        elif how is not None and not is_past(one) and one.kind == proposal.kind:
            met[how].append(one)
    return met


def by_scope(
    rule: Rule, found: Sequence[Existing], scope: Scope, proposal: Proposal
) -> tuple[Verdict, tuple[Evidence, ...]]:
    """Answer a rule that compares names within the scope of the kind; a pure function."""
    if found:
        evidence = evidence_of(found, rule.id, proposal.lon, proposal.lat)
        names = "、".join(dict.fromkeys(f"「{one.name}」" for one in evidence[:5]))
        zh = f"{scope.zh}内有{rule.zh}的地名 {len(found)} 个：{names}。"
        if scope.is_wider:
            zh += "是否在同一建成区，请人工判定。"
        return fired(zh, f"{len(found)} found in the scope: {rule.en}"), evidence
    if scope.gap_zh is not None:
        return unchecked(scope.gap_zh, scope.gap_en or ""), ()
    return quiet(f"{scope.zh}内未见。", "none in the scope"), ()


def dialect_gap(subject: Subject, lists: Lists) -> Verdict | None:
    """Why the sound in the dialect could not be compared (in full), or None."""
    if not lists.dialect:
        return unchecked("未提供方言读音表。", "no table of dialect sounds was given")
    missing = [c for c in subject.key if c not in lists.dialect]
    if missing:
        return unchecked(
            f"方言读音表缺：{'、'.join(missing)}。", "the dialect table lacks characters"
        )
    if dialect_variants(subject, lists) is None:
        return unchecked("方言同音字过多。", "too many characters of the same sound")
    return None


def alone(
    rule: Rule, proposal: Proposal, subject: Subject, lists: Lists, book: RuleBook
) -> Verdict:
    """Answer a rule that looks at the name alone; a pure function."""
    answers: dict[str, Callable[[], Verdict]] = {
        "person": lambda: wording.person(subject, lists),
        "foreign": lambda: wording.listed(subject, lists, "foreign"),
        "brand": lambda: wording.listed(subject, lists, "brands"),
        "rare-character": lambda: wording.rare_character(proposal.name, lists),
        "national-script": lambda: wording.national_script(proposal.name),
        "generic-kind": lambda: wording.generic_kind(subject, book.kind(proposal.kind), book),
        "generic-size": lambda: wording.generic_size(proposal, subject, lists),
        "meaning": wording.meaning,
    }
    return answers[rule.id]()


def famous(
    session: Session | Connection, proposal: Proposal, subject: Subject, where: Whereabouts,
    lists: Lists, on: date, book: RuleBook,
) -> tuple[Verdict, tuple[Evidence, ...]]:  # fmt: skip
    """Is a division's specific part that of famous nature, of heritage or of a place outside?"""
    if subject.specific in lists.words.get("famous", ()):
        return fired(f"专名「{subject.specific}」在国内著名自然地理实体名单中。", "on the list"), ()
    keys = [(subject.specific, "exact"), (subject.specific, "core")]
    found = [
        one for one in like(session, keys, on, book)
        if not is_past(one) and one.place_code != proposal.place_code
        and ("heritage" in one.listed or _is_outside(one, where))
    ]  # fmt: skip
    if found:
        evidence = evidence_of(found, "same-specific", proposal.lon, proposal.lat)
        names = "、".join(dict.fromkeys(f"「{one.place_name}」" for one in evidence[:5]))
        return fired(
            f"专名与遗产名录或本区划以外的地名相同：{names}。", "heritage or outside"
        ), evidence
    gap, _ = nation_gap(lists)
    missing = [] if "famous" in lists.words else ["未提供国内著名自然地理实体名单。"]
    reasons = missing + ([gap] if gap else [])
    return (unchecked("".join(reasons), "list or names missing") if reasons else quiet()), ()


def _is_outside(one: Existing, where: Whereabouts) -> bool:
    """Is it a county or city that does not hold the proposal?"""
    return one.kind == "division" and bool(where.units) and one.unit_code not in where.codes


def of_its_place(
    session: Session | Connection, subject: Subject, where: Whereabouts, on: date, rule: Rule
) -> Verdict:
    """Does a facility's name hold the name of a division around it or of a place close by?"""
    if not where.units and where.lon is None:
        return unchecked("未给出位置或所在区划。", "no position or division was given")
    local = {unit.name for unit in where.units}
    if where.lon is not None and where.lat is not None:
        near = names_near(session, where.lon, where.lat, limit=50, on=on)
        local |= {one.name for one in near if one.distance_m <= rule.near_m}
    keys = {core(search_key(name)) for name in local}
    held = sorted((key for key in keys if len(key) >= 2 and key in subject.key), key=len)
    if held:
        return quiet(f"含所在地地名「{held[-1]}」。", "holds the name of its place")
    return fired(
        f"未见所在区划或 {rule.near_m / 1000:g} 公里内地名；如确与所在地地名一致请说明。",
        "holds no name of a division around it or of a place close by",
    )
