"""What of a facility's name tells it from others: its proper part, and the marks of branches?

示例养老院有限公司, 天宁区示例养老院 and 示例老年公寓 share the proper part 示例; 示例养老院二分院
has the mark 2分 on top, and names whose marks differ are names of different sites.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from geo.loaders.columns import BATCH
from geo.loaders.kinds import KIND_WORDS

_COMPANY = (
    "有限责任公司", "股份有限公司", "有限公司", "集团", "公司", "民办非企业单位", "个体工商户",
    "管理", "经营", "投资", "发展", "运营",
)  # fmt: skip
_GENERIC = (
    "居家养老服务中心", "养老服务中心", "为老服务中心", "老年服务中心", "康养中心", "颐养中心",
    "养老中心", "服务中心", "养老", "老年人", "老年", "长者", "护老", "服务", "中心", "点", "站",
)  # fmt: skip
_NUMERALS = dict(zip("零〇一二三四五六七八九", "00123456789", strict=True))
_NO_MARK = "[^0-9十百分东西南北新老旧甲乙丙丁]"


@lru_cache(maxsize=1)
def _generic_pattern() -> str:
    own = [word for word in KIND_WORDS if not word.isascii()]
    return "|".join(sorted({*own, *_COMPANY, *_GENERIC}, key=len, reverse=True))


def proper_parts(names: pa.Array, units: pa.Array, cities: pa.Array) -> pa.Array:
    """The proper parts of names (all three are search keys, '' for unknown).

    Stated division and city are taken off the front, company forms and words of kinds anywhere,
    and Chinese numerals become digits. May be '': 养老院 has no proper part.
    """
    parts = []
    for start in range(0, len(names), BATCH):
        columns = (column.slice(start, BATCH).to_pylist() for column in (names, cities, units))
        bare = [_without_place(*row) for row in zip(*columns, strict=True)]
        parts.append(pa.array(bare, pa.string()))
    whole = pa.chunked_array(parts, pa.string()).combine_chunks()
    # 分公司 is a branch before it is a company.
    whole = pc.replace_substring(whole, "分公司", "分")
    whole = pc.replace_substring_regex(whole, _generic_pattern(), "")
    for numeral, digit in _NUMERALS.items():
        whole = pc.replace_substring(whole, numeral, digit)
    return pc.replace_substring_regex(whole, "第([0-9]+)", r"\1")


def _without_place(name: str, city: str, unit: str) -> str:
    """A name without the stated city and division in front of it."""
    for place in (city, unit):
        for written in (place, place[:-1] if len(place) > 2 else ""):
            if written and len(name) - len(written) >= 2 and name.startswith(written):
                name = name[len(written) :]
                break
    return name


def branch_marks(proper: pa.Array) -> pa.Array:
    """The numbers, directions and 分 of proper parts: what parts one branch from another."""
    return pc.replace_substring_regex(proper, _NO_MARK, "")


def likeness(one: str, other: str) -> float:
    """How alike two proper parts are: 1 for equal ones, else their common characters in order.

    The share is of the longer one, so that a name within a longer name is not the same name.
    """
    if one == other:
        return 1.0
    if not one or not other:
        return 0.0
    blocks = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) / max(len(one), len(other))
