"""Under which address is a place known elsewhere, and which place does an address mean?"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from urllib.parse import quote, unquote

URN = "urn:minzheng-atlas:place:"
LONGEST_CODE = 100

# What the prefixes stand for that LP-TSV names (tsv 0.5, `matches`).
PREFIXES = {
    "bnf": "https://data.bnf.fr/", "cerl": "https://data.cerl.org/thesaurus/",
    "dbp": "http://dbpedia.org/resource/", "gn": "http://www.geonames.org/",
    "gnd": "http://d-nb.info/gnd/", "gov": "http://gov.genealogy.net/",
    "loc": "http://id.loc.gov/authorities/subjects/", "pl": "https://pleiades.stoa.org/places/",
    "tgn": "http://vocab.getty.edu/page/tgn/", "viaf": "http://viaf.org/viaf/",
    "wd": "https://www.wikidata.org/wiki/", "wp": "https://wikipedia.org/wiki/",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Addresses:
    """Addresses of places below a base that ends in `/id/`; without one, names below a URN."""

    base: str = URN

    def of(self, code: str) -> str:
        """The address of a place of this register; what is an address already stays."""
        return code if is_address(code) else self.base + quote(code, safe=":")

    def code(self, address: str) -> str | None:
        """The code that an address of this register means, None for one of another."""
        for base in (self.base, URN):
            if address.startswith(base):
                return unquote(address.removeprefix(base))
        return None


def is_address(text: str) -> bool:
    """Whether a text is an address of another register and no code of this one."""
    return text.startswith(("http://", "https://", "urn:", "doi:"))


def expanded(address: str) -> str:
    """An address with its known prefix written out: wd:Q5684 → https://www.wikidata.org/…"""
    prefix, colon, rest = address.partition(":")
    if colon and prefix in PREFIXES and not rest.startswith("//"):
        return PREFIXES[prefix] + rest
    return address


def code_for(address: str) -> str:
    """A code for a foreign place: its address, or a digest of one that is too long for a code."""
    plain = f"lp:{address}"
    if len(plain) <= LONGEST_CODE:
        return plain
    return f"lp:{hashlib.sha256(address.encode()).hexdigest()[:40]}"
