"""Under which keys is a typed text looked up?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from geo.gazetteer.finding.english import english_begun, english_generic
from geo.text import core, generic_part, pinyin_key, romanise, search_key
from geo.text.keys import (
    BEGIN,
    BEGINNING,
    BEGINNING_IN_LETTERS,
    BIGRAM,
    DELETION,
    bigrams,
    one_deleted,
)
from geo.text.likeness import taken_for

LONGEST_VARIED = 10
"""Longer texts are not tried with other characters: what is shorter covers every name we know."""
LONGEST_SHARED = 6
MOST_SEEN = 20
"""Of a longer text, characters that it shares with a name are looked for in its beginning."""
SHORTEST_MISSPELT = 5
LONGEST_MISSPELT = 20
_LETTERS = "abcdefghijklmnopqrstuwxyz"  # no v: the key writes u


@dataclass(frozen=True)
class Probe:
    """A key to look up, its stored kind, and what a hit would mean.

    `is_beginning`: every key that begins so is meant.
    """

    key: str
    kind: str
    how: str
    is_beginning: bool = False


@lru_cache(maxsize=1024)
def is_latin(text: str) -> bool:
    """Is the text pinyin, initials or a foreign spelling, without Chinese characters?"""
    key = search_key(text)
    return bool(key) and pinyin_key(text) != "" and all(ord(c) < 0x300 for c in key)


def close_probes(text: str) -> list[Probe]:
    """Answer the keys by which a text is found as it stands: written, spelled or abbreviated."""
    key = search_key(text)
    probes = [Probe(key, "exact", "exact"), Probe(key, "core", "core")]
    if is_latin(text):
        spelled = pinyin_key(text)
        english = english_generic(text)
        if english is not None:
            probes += [Probe(pinyin, "pinyin", "english") for pinyin in english.spelled]
            probes.append(Probe(english.specific, "pinyin", "english_specific"))
        return [*probes, Probe(spelled, "pinyin", "pinyin"), Probe(spelled, "initials", "initials")]
    specific = core(key)
    if specific != key:
        # 武进市 for 武进区: same specific part, another generic one.
        probes += [Probe(specific, kind, "other_generic") for kind in ("exact", "core")]
    return probes


def sound_probes(text: str) -> list[Probe]:
    """Answer the key of Chinese that sounds as typed: 毗零 for 毗陵."""
    if is_latin(text):
        return []
    spelled = pinyin_key("".join(romanise(text).syllables))
    return [Probe(spelled, "pinyin", "same_sound")] if spelled else []


def loose_probes(text: str) -> list[Probe]:
    """Answer the keys that find a text in spite of one wrong character, or as part of a name."""
    if is_latin(text):
        return []
    key = search_key(text)
    probes = sound_probes(text)
    for variant in _varied(key):
        # The kinds of difference are told apart when a name is found: see `matching.judge`.
        probes += [Probe(variant, "exact", "one_wrong"), Probe(variant, "core", "one_wrong")]
    deleted = one_deleted(key)
    probes += [Probe(DELETION + d, "deletion", "one_wrong") for d in deleted]
    probes += [Probe(d, "exact", "one_extra") for d in deleted]
    probes.append(Probe(DELETION + key, "deletion", "one_missing"))
    specific = key.removesuffix(generic_part(key).replace("·", ""))
    if len(specific) >= 2 and specific not in (key, core(key)):
        # 天宁寺: nothing of that name, but 天宁区.
        probes += [Probe(specific, kind, "specific") for kind in ("exact", "core")]
    probes += [Probe(BIGRAM + pair, "bigram", "part") for pair in bigrams(key)]
    return [probe for probe in dict.fromkeys(probes) if probe.key]


def _varied(key: str) -> list[str]:
    """The key with one character taken for another that looks alike, or two neighbours swapped."""
    if len(key) > LONGEST_VARIED:
        return []
    alike = taken_for()
    found = [
        key[:at] + other + key[at + 1 :]
        for at, character in enumerate(key)
        for other in sorted(alike.get(character, ()))
    ]
    found += [
        key[:at] + key[at + 1] + key[at] + key[at + 2 :]
        for at in range(len(key) - 1)
        if key[at] != key[at + 1]
    ]
    return found


def shared_probes(text: str) -> list[Probe]:
    """Answer the keys of names that stand inside a text, or begin with its specific part.

    天宁区 in 天宁区政府; 红梅 and what begins so for 红梅公园. What lies wholly in the generic part
    (公园) names nothing.
    """
    key = search_key(text)[:MOST_SEEN]
    if is_latin(text):
        return []
    generic = len(key) - len(generic_part(key).replace("·", ""))
    parts = [
        key[at : at + length]
        for length in range(min(LONGEST_SHARED, len(key) - 1), 1, -1)
        for at in range(min(len(key) - length + 1, generic))
    ]
    begun = [replace(probe, how="shared") for probe in beginning_probes(key[:generic])]
    return [
        *(
            Probe(part, kind, "shared")
            for part in dict.fromkeys(parts)
            for kind in ("exact", "core")
        ),
        *(begun if generic > 1 and parts else []),
    ]


def beginning_probes(text: str) -> list[Probe]:
    """Answer the keys of names that begin as typed, written or spelled.

    A short beginning is a key of its own, which gives the names of highest standing; a longer one
    is a range of keys.
    """
    if is_latin(text):
        key, specific = pinyin_key(text), english_begun(text)
        english = [] if specific is None else [Probe(specific, "pinyin", "english_specific")]
        if len(key) <= BEGINNING_IN_LETTERS:
            return [*english, Probe(BEGIN + key, "begin", "pinyin_prefix")] if key else []
        return [*english, Probe(key, "pinyin", "pinyin_prefix", is_beginning=True)]
    key = search_key(text)
    if len(key) <= BEGINNING:
        return [Probe(BEGIN + key, "begin", "begins")]
    return [Probe(key, "exact", "begins", is_beginning=True)]


def misspelt_probes(text: str) -> list[Probe]:
    """Answer the spellings that are one letter from what was typed: for when nothing else fits."""
    key = pinyin_key(text)
    if not is_latin(text) or not SHORTEST_MISSPELT <= len(key) <= LONGEST_MISSPELT:
        return []
    cuts = [(key[:at], key[at:]) for at in range(len(key) + 1)]
    near = {a + b[1:] for a, b in cuts if b}
    near |= {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    near |= {a + letter + b[1:] for a, b in cuts if b for letter in _LETTERS}
    near |= {a + letter + b for a, b in cuts for letter in _LETTERS}
    return [Probe(spelled, "pinyin", "one_letter") for spelled in sorted(near - {key})]
