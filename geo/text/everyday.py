"""How surprising is a character in Chinese, Japanese, Korean or Western European text?

Costs are bits, rounded from the sizes of the classes and their shares in ordinary text: a character
that is one of 500 everyday ones costs 9, one of the 3 755 or 5 401 of a first level 13, and so on.
They tell readings of the same bytes apart; they are no model of any language.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from functools import lru_cache

_SIMPLIFIED = (
    "的一是不了在人有我他这中大来上个国和地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里"
    "用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从"
    "想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向"
    "头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东"
    "声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再"
    "感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光"
    "放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院"
    "让识候带导争运笔往拿服医养护福利敬残障食堂饭餐助浴站点所镇乡村街道巷弄号楼层室幢栋省县州旗屯组户"
    "岛湖江河港湾桥塘湾塔寺庙园苑庄坊里桃李梅松柏竹兰菊荷莲春夏秋冬红黄绿青蓝紫华龙凤虎鹤星阳阴永康乐"
    "宁祥瑞和仁爱慈善孝寿颐怡益幸托幼婴童少残疾病康复介托顾照料服务机构单位地址电话联系床数备注编码名称"
    "纬经度类型状态面积质性日期时间更新序统代码信营运民办公建有限责任公司企业个体工商户事业社会组织居委"
    "员会综合养护理型级评定等开业备案许可登记证建筑占容纳位核定开放收住入住缴费价格元月均最低最高周边交"
    "天津沪渝冀晋辽吉黑苏浙皖闽赣鲁豫鄂湘粤琼川贵云藏陕甘青台澳疆桂蒙京杭扬宿连徐盐泰淮镇锡常熟昆嘉绍"
    "舟温丽衢义蚌芜阜滁巢池宣铜黄铜厦泉漳莆田龙岩福昌赣宜春抚上饶济青岛烟潍淄枣庄临沂荣郑洛焦作武汉襄"
    "广深圳珠汕佛韶湛茂惠梅尾清远莞揭浮玉柳桂梧钦贺百色河池宾左海口亚成都绵自攀泸遂内乐宜眉资巴遵义曲"
)
_TRADITIONAL = (
    "這來個國說時會對後發過還裡種經現當沒動點開樣實從無與長機關業將兩間問並應戰頭體見產東話總電數報結"
    "處條氣題爾變兒聲員給論義認幾門電務場統計設決達書記隊術領確傳師觀讓識導爭運醫養護殘養福飯餐鎮鄉臺"
    "灣縣區樓層號園莊塢華龍鳳寧樂愛壽頤孫張陳劉楊趙黃吳鄭謝許鄧馮蕭葉蘇呂盧蔣顧賴鐘潘廖賀錢嚴覺規務"
    "老年人長期照顧中心財團法人私立社團市立名稱類別評鑑負責屬地址聯絡電話傳真網床數核定開放收容緯經備註"
    "縣市鄉鎮區段巷弄號樓之一二三四五六七八九十安養護機構院財團法人基隆臺北新竹苗栗彰化投雲林嘉義屏東宜"
    "蘭花蓮澎湖金門連江桃園高雄港九龍界旺角灣仔觀塘葵涌荃屯門元朗埔沙田將軍澳離島深水埗油尖黃仙灣仔東"
)
COMMON = frozenset(_SIMPLIFIED + _TRADITIONAL)
"""Everyday characters of Chinese, of names of places and of lists of institutions."""
_SYLLABLES = frozenset(
    "이다가의는에을를은도로고하지기사자시인원장정전부대구서한리나주소보수일상제조국중경공해동산안설명면"
    "실양유호관학성여신우선진그어과거라들할있것니더위아용비역모재단체분방법업무회생활복요노병간센터터시"
    "치번종류등록데이기준강남북울광천충청제종특별읍동구군도길층호관할점편행복사랑은혜효자늘푸른주야간입"
    "소정원현황급평가운영개설날짜년월일건물면적좌표경위명칭소재의료연락처담당홈페이지비고코드순번유형연"
)
LETTER = 5.0
"""Bits of an ASCII letter in running text."""
SWITCH = 6.0
"""Bits of a change of script within a word."""
ROW = 4.0
"""Bits of an accented letter right after another one."""


def bits(text: str, cost: Callable[[str], float]) -> float:
    """The cost of a text: that of each character, and of each change of script within a word."""
    total = sum(count * cost(character) for character, count in Counter(text).items())
    return total + SWITCH * len(_MIXED.findall(text))


_MIXED = re.compile(r"(?<=[A-Za-z])[\u3000-\ue0ff\U00020000-\U0003ffff]"
                    r"|[\u3000-\ue0ff\U00020000-\U0003ffff](?=[A-Za-z])")  # fmt: skip


def _ascii(character: str) -> float:
    if character.isalpha():
        return LETTER if character.islower() else LETTER + 0.5
    return 4.0 if character in "0123456789 \t\r\n,.;:-/()\"'&" else 9.0


def _level(character: str) -> int:
    """1 or 2 for the levels of GB 2312 and Big5, the commoner of both; 3 for neither."""
    found = 3
    for codec, first, last in (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6)):
        pair = character.encode(codec, "ignore")
        if len(pair) == 2:
            found = min(found, 1 if first <= pair[0] <= last else 2)
    return found


def _mark(character: str) -> float | None:
    """The cost of what every East Asian text has beside its script; None for all else."""
    if character < "\x80":
        return _ascii(character)
    if "\u3000" <= character <= "\u303f" or "\uff01" <= character <= "\uff5e":
        return 9.0
    if "\u2010" <= character <= "\u2027" or character in "·×°′″①②③④⑤⑥⑦⑧⑨⑩":
        return 10.0
    return None


@lru_cache(maxsize=70_000)
def chinese(character: str) -> float:
    """Bits of a character in Chinese text."""
    mark = _mark(character)
    if mark is not None:
        return mark
    if character in COMMON:
        return 9.0
    if "\u4e00" <= character <= "\u9fff":
        return (13.0, 16.0, 18.0)[_level(character) - 1]
    if "\u3400" <= character <= "\u4dbf" or character >= "\U00020000":
        return 20.0
    return 28.0 if unicodedata.category(character) == "Co" else 17.0


@lru_cache(maxsize=70_000)
def japanese(character: str) -> float:
    """Bits of a character in Japanese text."""
    mark = _mark(character)
    if mark is not None:
        return mark
    if "\u3040" <= character <= "\u30ff":
        return 7.0
    if "\uff61" <= character <= "\uff9f":
        return 9.0
    if "\u4e00" <= character <= "\u9fff":
        pair = character.encode("euc_jp", "ignore")
        is_first = len(pair) == 2 and pair[0] <= 0xCF
        return (9.5 if character in COMMON else 12.5) if is_first else 17.0
    return 20.0


@lru_cache(maxsize=70_000)
def korean(character: str) -> float:
    """Bits of a character in Korean text."""
    mark = _mark(character)
    if mark is not None:
        return mark
    if "\uac00" <= character <= "\ud7a3":
        return 8.0 if character in _SYLLABLES else 11.0
    return 17.0


def western(data: bytes) -> float:
    """Bits of bytes as text of a Latin alphabet, in whichever encoding of one byte a letter.

    An accented letter stands among letters of ASCII; rows of them cost more, as do bytes that are
    no letter in any such encoding.
    """
    counted = Counter(data)
    total = sum(
        count * (_ascii(chr(byte)) if byte < 0x80 else 6.0 if byte >= 0xC0 else 8.0)
        for byte, count in counted.items()
    )
    return total + ROW * len(re.findall(rb"[\x80-\xff](?=[\x80-\xff])", data))
