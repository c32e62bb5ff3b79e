"""How is a name read where the library must not be trusted?

The library takes 55 MB: it is imported where a name is read, not by everybody who needs a key.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

READINGS_FILE = Path(__file__).resolve().parents[2] / "data" / "placenames" / "readings.csv"

# Characters whose reading in place names depends on the place, with their readings; the first is
# the commonest in names and is taken where the library falls back to the lone character. Readings
# found only in words that do not name places are left out.
POLYPHONES: dict[str, tuple[str, ...]] = {
    line.split()[0]: tuple(line.split()[1:])
    for line in """
    重 chóng zhòng|长 cháng zhǎng|六 liù lù|乐 lè yuè lào|行 xíng háng|朝 cháo zhāo|都 dū dōu
    单 dān shàn|会 huì kuài|堡 bǎo bǔ pù|铺 pù pū|番 fān pān|蔚 wèi yù|泌 mì bì|泊 pō bó
    尉 wèi yù|盛 shèng chéng|车 chē jū|铅 qiān yán|蚌 bàng bèng|埔 pǔ bù|厦 shà xià|曾 zēng céng
    仇 qiú chóu|解 jiě xiè|任 rèn rén|华 huá huà|渑 miǎn shéng|浚 jùn xùn|洗 xǐ xiǎn|莘 shēn xīn
    莞 guǎn wǎn|荥 xíng yíng|葛 gé gě|覃 tán qín|燕 yàn yān|查 chá zhā|柏 bǎi bó|宿 sù xiù
    济 jì jǐ|汤 tāng shāng|洞 dòng tóng|氏 shì zhī|牟 móu mù|石 shí dàn|繁 fán pó|台 tái tāi
    涡 wō guō|阿 ā ē|拓 tuò tà|圩 wéi xū|涌 yǒng chōng|陂 bēi pí pō|坊 fāng fáng|那 nà nā
    郇 xún huán|筠 yún jūn|垌 dòng tóng|峒 dòng tóng|栅 zhà shān|屏 píng bǐng|秘 mì bì|费 fèi bì
    冯 féng píng|盖 gài gě|句 jù gōu|监 jiān jiàn|降 jiàng xiáng|角 jiǎo jué|藏 cáng zàng
    强 qiáng jiàng|少 shǎo shào|舍 shè shě|薄 bó báo|卜 bǔ bo|传 chuán zhuàn|大 dà dài
    沌 dùn zhuàn|缪 móu miào|冠 guān guàn|桧 guì huì|哈 hā hǎ|见 jiàn xiàn|观 guān guàn
    兴 xīng xìng|应 yīng yìng|中 zhōng zhòng|种 zhǒng chóng|正 zhèng zhēng|令 lìng líng
    龟 guī qiū|颉 jié xié|万 wàn mò|尾 wěi yǐ|纪 jì jǐ|调 diào tiáo|弹 dàn tán|量 liáng liàng
    弄 lòng nòng|巷 xiàng hàng|处 chù chǔ|场 chǎng cháng|地 dì de|漯 luò tà|泷 lóng shuāng
    浍 huì kuài|歙 shè xī|枞 cōng zōng|荷 hé hè|分 fēn fèn|塞 sài sāi|教 jiào jiāo
    将 jiāng jiàng|结 jié jiē|夹 jiā jiá|空 kōng kòng|宁 níng nìng|朴 pǔ piáo|奇 qí jī|曲 qū qǔ
    畜 chù xù|荫 yīn yìn|差 chà chāi|著 zhù zhuó|转 zhuǎn zhuàn|相 xiāng xiàng|和 hé huò
    称 chēng chèn|参 cān shēn|勒 lè lēi|埋 mái mán|蒙 méng měng|磨 mó mò|模 mó mú|宓 mì fú
    """.replace("\n", "|").split("|")
    if line.strip()
}
# In these, one reading is as good as certain in a name: flagging each would bury the doubtful.
_SETTLED = frozenset("大石中地分华兴宁和场处台夏正万会无观胜少种更空奇称车弄巷屏曲")

_TONES = str.maketrans("", "", "\u0300\u0301\u0304\u030c")
_SYLLABLE = re.compile(r"(?:[zcs]h|[bpmfdtnlgkhjqxzcsryw])?[aeiouü]{1,3}(?:ng|n|r)?")


UNVERIFIED = "unverified"
"""Status of a reading in the table that no source confirms yet."""


@dataclass(frozen=True)
class Reading:
    """The reviewed reading of a name: one toned syllable per character, status and source.

    `status` is `verified` (somebody of that `role` confirmed it on that day) or `unverified`;
    `within` is the division in which alone it holds, None everywhere.
    """

    name: str
    syllables: tuple[str, ...]
    status: str
    source: str
    role: str = ""
    source_date: str = ""
    within: str | None = None

    @property
    def key(self) -> str:
        """Under which it stands in a table of readings."""
        return reading_key(self.name, self.within)


def reading_key(name: str, within: str | None = None) -> str:
    """Answer the key of a reading: the name, and after `@` the division in which it holds."""
    return f"{name}@{within}" if within else name


def reading_of(part: str, known: Mapping[str, Reading], around: Sequence[str]) -> Reading | None:
    """Answer the reading of the longest reviewed name that a name begins with, local ones first.

    Only its beginning counts: 第六安置区 is not 六安.
    """
    for length in range(len(part), 0, -1):
        begin = part[:length]
        for within in (*around, None):
            found = known.get(reading_key(begin, within))
            if found is not None:
                return found
    return None


def without_tones(text: str) -> str:
    """Answer pinyin without its tone marks; the two dots of ü stay."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).translate(_TONES))


@lru_cache(maxsize=4)
def reviewed_readings(path: Path = READINGS_FILE) -> Mapping[str, Reading]:
    """Answer the readings of `data/placenames/readings.csv` by name; empty without the file.

    Columns: name, pinyin, status, source, note, within, role, source_date. A row whose pinyin does
    not have one syllable per character is left out: half a reading would be a wrong one.
    """
    if not path.is_file():
        return {}
    found = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(line for line in file if not line.startswith("#")):
            name = row["name"].strip()
            syllables = split_syllables(name, row["pinyin"])
            if syllables is not None:
                reading = Reading(
                    name, syllables, row["status"], row["source"], row.get("role") or "",
                    row.get("source_date") or "", (row.get("within") or "").strip() or None,
                )  # fmt: skip
                found[reading.key] = reading
    return found


def split_syllables(name: str, reading: str) -> tuple[str, ...] | None:
    """Answer the syllables of a joined reading, one per character (Lù'ān → lù, ān), or None."""
    letters = unicodedata.normalize("NFC", re.sub(r"[\s'’\-]", "", reading).lower())
    found = _align(letters, _options(name), 0)
    return tuple(found) if found is not None else None


def _options(name: str) -> list[list[str]]:
    """The readings that the library knows of each character, in any word."""
    from pypinyin import Style, pinyin

    readings = (
        pinyin(character, style=Style.TONE, heteronym=True, errors="ignore") for character in name
    )
    return [found[0] if found else [] for found in readings]


def _align(letters: str, options: list[list[str]], at: int) -> list[str] | None:
    """Give each character a stretch of the letters: its known readings first, then any syllable."""
    if at == len(options):
        return [] if not letters else None
    fitting = [option for option in options[at] if letters.startswith(option)]
    plain = without_tones(letters)
    match = _SYLLABLE.match(plain)
    if match:
        fitting += [letters[:length] for length in range(match.end(), 0, -1)]
    for syllable in fitting:
        rest = _align(letters[len(syllable) :], options, at + 1)
        if rest is not None and _tone_marks(syllable) <= 1:
            return [syllable, *rest]
    return None


def _tone_marks(syllable: str) -> int:
    return sum(ord(mark) in _TONES for mark in unicodedata.normalize("NFD", syllable))


@lru_cache(maxsize=256)
def alone(character: str) -> str:
    """The reading that the library gives a character outside any word."""
    from pypinyin import Style, pinyin

    found: str = pinyin(character, style=Style.TONE)[0][0]
    return found


@lru_cache(maxsize=1)
def _every_syllable() -> frozenset[str]:
    """Every syllable that some character has in the library, without tones."""
    from pypinyin.pinyin_dict import pinyin_dict

    said = {one for readings in pinyin_dict.values() for one in readings.split(",")}
    return frozenset(without_tones(one) for one in said)


def are_syllables(syllables: Sequence[str]) -> bool:
    """Is each of them a syllable that exists in Chinese, at most one tone on it?"""
    return all(
        without_tones(one) in _every_syllable() and _tone_marks(one) <= 1 for one in syllables
    )


def is_doubtful(character: str) -> bool:
    """Is the character read differently from place to place?"""
    return character in POLYPHONES and character not in _SETTLED
