"""Under which keys is a typed text looked up?"""

from __future__ import annotations

from dataclasses import dataclass

from geo.text import core, pinyin_key, romanise, search_key
from geo.text.keys import BIGRAM, DELETION, START, bigrams, one_deleted

SHORTEST_SPELLING = 3


@dataclass(frozen=True)
class Probe:
    """A key to look up, its stored kind, and what a hit would mean."""

    key: str
    kind: str
    how: str

    @staticmethod
    def beginning(text: str) -> Probe | None:
        """The beginning of a spelling, for pinyin that is being typed."""
        key = pinyin_key(text)
        return Probe(key, "pinyin", "pinyin_prefix") if is_latin(text) and len(key) > 2 else None


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
        return [*probes, Probe(spelled, "pinyin", "pinyin"), Probe(spelled, "initials", "initials")]
    specific = core(key)
    if specific != key:
        # 武进市 for 武进区: same specific part, another generic one.
        probes += [
            Probe(specific, "exact", "other_generic"),
            Probe(specific, "core", "other_generic"),
        ]
    return probes


def loose_probes(text: str) -> list[Probe]:
    """Answer the keys that find a text in spite of one wrong character, or as part of a name."""
    if is_latin(text):
        return []
    key = search_key(text)
    probes = [Probe(pinyin_key("".join(romanise(text).syllables)), "pinyin", "same_sound")]
    deleted = one_deleted(key)
    probes += [Probe(DELETION + d, "deletion", "one_wrong") for d in deleted]
    probes += [Probe(d, "exact", "one_extra") for d in deleted]
    probes.append(Probe(DELETION + key, "deletion", "one_missing"))
    # The marked first character finds names that begin so; the pairs find it anywhere.
    pairs = bigrams(key)
    wanted = pairs[:1] if len(key) == 1 else [p for p in pairs if not p.startswith(START)]
    probes += [Probe(BIGRAM + pair, "bigram", "part") for pair in wanted]
    return [probe for probe in dict.fromkeys(probes) if probe.key]
