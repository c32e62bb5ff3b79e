"""Which part of a delivery speaks of persons: a heading, a column, a cell, the file's name?

Detection leans towards taking out: a number or a name too much in the database cannot be called
back. What was taken out is told in the report, never shown. Text is compared after NFKC, so width
does not matter; what is kept stays as it was delivered.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from geo.loaders.surnames import COMPOUND, SINGLE
from geo.text import search_key
from geo.validity import today_in_china

REDACTED = "[个人信息已去除]"

# Words of headings that are about persons whatever the cells hold. A facility's published phone is
# not personal; its contact person and its legal representative are.
_PERSONAL = (
    "身份证", "证件号", "公民身份", "身份信息", "手机", "移动电话", "联系人", "联络人", "负责人",
    "责任人", "法定代表", "法人代表", "法人姓名", "姓名", "老人名", "老人电话", "老人住址",
    "老人信息", "儿童名", "儿童信息", "监护人", "家属", "家庭住址", "出生", "生日", "户主",
    "经办人", "填报人", "病史", "微信", "qq", "护照", "银行卡", "银行账号", "社保卡", "残疾人证",
    "残疾证", "户口", "idcard", "idnumber", "mobile", "cellphone", "contactperson",
    "contactname", "legalrep", "legalperson", "principal", "manager", "guardian", "birth",
    "fullname", "personname", "wechat", "passport", "bankcard", "nominatedindividual",
    "ownername", "administratorname", "proprietor", "氏名", "代表者", "施设长", "管理者",
    "担当者", "대표자", "시설장", "성명", "담당자", "ansprechpartner", "heimleitung", "directeur",
    "responsable",
)  # fmt: skip
# Words of headings that name persons, unless the heading or the cells are counts or groups.
_PERSONS = (
    "法人", "院长", "站长", "园长", "所长", "主任", "老人", "住户", "入住", "服务对象", "长者",
    "残疾人", "护理员", "志愿者",
)  # fmt: skip
# Such a heading speaks of the facility: 老人数, 入住率, 老人床位, 入住条件, 老人活动室.
_OF_THE_FACILITY = (
    "数", "率", "量", "占比", "比例", "人次", "床", "名额", "费", "价", "补贴", "标准", "条件",
    "要求", "须知", "食堂", "餐", "活动", "室", "设施", "中心", "项目", "内容", "网站", "机构",
    "单位", "公司", "地址", "类型", "类别", "性质", "编码", "代码", "名称", "面积", "站点",
)  # fmt: skip
_NOT_PERSONAL = (
    "手机网站", "微信公众号", "老人名额", "法人单位", "法人机构", "法人类型", "法人番号",
    "法人の名称",
)  # fmt: skip
_GROUP = re.compile(r"岁|人员|群体|居民|老年人|老人$|失能|特困|低保|全体|社会|户籍|辖区|不限|均可")
# Headings that say what they hold, so that short words in the cells are no names of persons.
_PLAIN_HEADING = re.compile(
    r"村|社区|街道|镇|乡|区|县|市|省|地|路|片|居委|名称|类|型|级|方式|性质|状态|情况|内容|项目|"
    r"时间|日期|单位|机构|品牌|备注|说明|是否|特色|主体|结构|设施|来源|区划|编|码|号|网格"
)

_GAP = r"[\s.\-–—·()_\u00ad\u200b-\u200f\ufeff]*"
_PREFIX = rf"(?:\(?(?:00|\+)?86{_GAP})?"
_MOBILE = re.compile(
    rf"(?<!\d)\(?{_PREFIX}1[3-9]\d{{9}}(?!\d)"
    rf"|(?<!\d)(?<!\d[.\-–—])\(?{_PREFIX}1{_GAP}[3-9](?:{_GAP}\d){{9}}(?!\d)(?![.\-–—]\d)"
)
_DECIMAL = re.compile(r"\d+\.\d+")
# A cell that is a decimal number as a whole: eleven decimals of a coordinate are no mobile number.
_NUMBER = re.compile(r"[+-]?\d{1,8}\.\d+")
_IDENTITY = re.compile(
    rf"(?<!\d)[1-9](?:{_GAP}\d){{16}}{_GAP}[\dXx](?!\d)|(?<!\d)[1-9](?:{_GAP}\d){{14}}(?!\d)"
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643
# First two digits of a division code.
_PROVINCES = frozenset(
    re.findall("..", "1112131415212223313233343536374142434445465051525354616263646571818283")
)
_HAN = "[\u4e00-\u9fff]"
_PERSON = rf"(?:(?:{'|'.join(COMPOUND)}){_HAN}{{1,2}}|[{SINGLE}]{_HAN}{{1,2}})"
_AGENT = "联系人|联络人|负责人|责任人|法定代表人|法人代表|经办人|填报人"
_TITLE = "院长|站长|园长|所长|主任"
_ROLE = f"{_AGENT}|{_TITLE}|户主|监护人"
# 联系人:王小明, 院长 李某, but not 负责人已更换 nor 院长办公室.
_NAMED = re.compile(
    rf"({_ROLE})([\s:为是]*)({_PERSON})(?=$|[^\u4e00-\u9fff]|电话|手机|联系|先生|女士|微信)"
)
_POLITE = "先生|女士|小姐|经理|老师"
_CALLED = re.compile(rf"(?<!{_HAN})[{SINGLE}]{_HAN}{{0,2}}(?:{_POLITE}|{_TITLE})")
# The tail of a name or an address that leaves the facility and turns to a person.
_TAIL = re.compile(
    rf"[\s,，;；、/(（\[【]*(?:{_AGENT}"
    rf"|(?:{_TITLE})(?=[\s:：]*(?:{_PERSON}(?!{_HAN})|[\d(+\[]))"
    rf"|(?:联系)?(?:电话|手机|微信|方式|tel|phone)(?:号码?)?(?=[\s:：]*[\d(+\[])).*$",
    re.IGNORECASE | re.DOTALL,
)
# Whatever may be changed here matches this; also in the syntax of RE2, for whole columns.
SUSPECT = rf"(?i)(?:[0-9０-９][^0-9０-９]*){{11}}|{_ROLE}|{_POLITE}|电话|手机|微信|方式|tel|phone"
_SUSPECT = re.compile(SUSPECT)
_SERIAL = ("code", "filing_no", "uscc")
"""Fields whose long numbers are no identity numbers unless the check digit says so."""


def is_identity_number(text: str) -> bool:
    """Whether 18 characters carry the check digit of a resident identity number (GB 11643)."""
    if not re.fullmatch(r"[1-9][0-9]{16}[0-9Xx]", text):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, _WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == text[-1].upper()


def _looks_like_identity(text: str) -> bool:
    """Whether 18 or 15 digits begin with a province and hold a believable date of birth."""
    if text[:2] not in _PROVINCES:
        return False
    born = text[6:14] if len(text) == 18 else f"19{text[6:12]}"
    try:
        return date(1900, 1, 1) <= date.fromisoformat(born) <= today_in_china()
    except ValueError:
        return False


def redact(text: str, *, phone: bool = False, serial: bool = False) -> str:
    """The text without what is personal in it.

    Taken out are identity numbers of 18 and 15 digits, mobile numbers, and names after a role
    (联系人 王小明). `phone`: a column of published phones, mobile numbers stay. `serial`: a column
    of codes, in which an identity number is told by its check digit alone.
    """
    if not _SUSPECT.search(text) or _NUMBER.fullmatch(text.strip()):
        return text
    plain, origin = _folded(text)
    spans = list(_numbers(plain, phone, serial))
    spans += [match.span(3) for match in _NAMED.finditer(plain)]
    if phone:
        spans += [match.span() for match in _CALLED.finditer(plain)]
    return _without(text, origin, spans) if spans else text


def _numbers(plain: str, phone: bool, serial: bool) -> Iterator[tuple[int, int]]:
    for match in _IDENTITY.finditer(plain):
        bare = "".join(c for c in match[0].upper() if c.isdecimal() or c == "X")
        if _is_decimal(match[0]):  # one precise coordinate in eleven has the right check digit
            continue
        if is_identity_number(bare) or (not serial and _looks_like_identity(bare)):
            yield match.span()
    for match in () if phone else _MOBILE.finditer(plain):
        if not _is_decimal(match[0]):
            yield match.span()


def _is_decimal(text: str) -> bool:
    """Whether the one separator is a decimal point: 131.12345678 is a longitude."""
    return _DECIMAL.fullmatch(text) is not None


def _folded(text: str) -> tuple[str, Sequence[int]]:
    """The text after NFKC and, for each of its characters, where in `text` it comes from."""
    if text.isascii():
        return text, range(len(text))
    parts = [unicodedata.normalize("NFKC", character) for character in text]
    return "".join(parts), [at for at, part in enumerate(parts) for _ in part]


def _without(text: str, origin: Sequence[int], spans: list[tuple[int, int]]) -> str:
    made, done = [], 0
    for start, end in sorted(spans):
        first, last = origin[start], origin[end - 1] + 1
        if last <= done:
            continue
        if first >= done:
            made += [text[done:first], REDACTED]
        done = last
    return "".join([*made, text[done:]])


def public_text(cell: str, field: str | None) -> str:
    """A cell as it may be stored under `field` (None: a column without a field of its own).

    A name or an address also loses the tail that turns to a person: 甲食堂 联系人 王小明 → 甲食堂.
    """
    clean = redact(cell, phone=field == "phone", serial=field in _SERIAL)
    if field in ("name", "address"):
        return _TAIL.sub("", clean).strip()
    return clean


def is_personal_name(column: str) -> bool:
    """Whether a heading alone speaks of persons, whatever stands below it."""
    return _speaks_of(column, _PERSONAL) or _names_persons(column) or REDACTED in column


def _names_persons(column: str) -> bool:
    """Whether a heading names persons and nothing of the facility, as 站长 and 老人 do."""
    return _speaks_of(column, _PERSONS) and not _speaks_of(column, _OF_THE_FACILITY)


def _speaks_of(column: str, words: tuple[str, ...]) -> bool:
    key = search_key(column)
    return any(word in key for word in words) and not any(word in key for word in _NOT_PERSONAL)


def holds_persons(column: str, cells: Iterable[str]) -> bool:
    """Whether a column without a field is about persons: by its heading, numbers or names."""
    if REDACTED in column or _speaks_of(column, _PERSONAL):
        return True
    written = [cell.strip() for cell in cells if cell.strip()]
    if _names_persons(column) and not all(_is_count_or_group(cell) for cell in written):
        return True
    numbers = sum(redact(cell) != cell for cell in written)
    return (numbers > 0 and numbers * 5 >= len(written)) or _holds_names(column, written)


def _is_count_or_group(cell: str) -> bool:
    plain = unicodedata.normalize("NFKC", cell)
    return bool(re.fullmatch(r"\d{1,6}(?:\.\d+)?[人名户位%]?", plain) or _GROUP.search(plain))


def _holds_names(column: str, written: list[str]) -> bool:
    """Whether most cells look like names of persons, nearly each another one.

    A heading that says what it holds (村, 类型 …) is believed. Fewer than three cells tell nothing.
    """
    if len(written) < 3 or _PLAIN_HEADING.search(column):
        return False
    names = [cell for cell in written if is_persons_name(cell)]
    return len(names) * 5 >= len(written) * 3 and len(set(names)) * 5 >= len(names) * 3


_WHOLE_PERSON = re.compile(_PERSON)
_PLACE_OR_THING = re.compile(
    r"[村镇乡街路巷弄里坊园苑庄桥区县市省州岛港湾站店馆院所室厅办级型式类]$"
)
_WORDS = (
    "方便 安全 高档 成立 常年 康复 和平 平价 温馨 金牌 江南 时间 高级 安静 温暖 明确 "
    "齐全 向阳 全天 全部 全年 平时 季度 金额 方案 水电 白天 申请 计划 单独 单间 双人 "
    "和谐 康养 康乐 康宁 安康 安装 高龄 解决 通过 公共 毛坯 经常 时段 冷链 高温 常温 "
    "石材 路边 万元 严格 牛肉 鱼类 荣誉 项目 甘肃 安徽 江苏 江西 广东 云南 贵阳 常州 "
    "金坛 武进 海南 湖南 湖北"
)
"""Words of two signs that begin with a surname and are none."""


def is_persons_name(text: str) -> bool:
    """Whether a text is, as a whole, likely a person's name: a surname, one or two signs."""
    return bool(
        _WHOLE_PERSON.fullmatch(text)
        and text not in _WORDS.split()
        and not _PLACE_OR_THING.search(text)
    )


def safe_headings(columns: list[str]) -> list[str]:
    """The headings as they may be stored and shown.

    One that holds a personal number is replaced whole: what stands beside the number is a person
    too, or the file has no line of headings.
    """
    return [
        column if redact(column) == column else f"列{number}{REDACTED}"
        for number, column in enumerate(columns, 1)
    ]


def safe_file_name(name: str) -> str:
    """A file's name as it may be stored and shown: without numbers and names of persons."""
    clean = redact(name)
    if clean == name:
        return name
    person = rf"(?<!{_HAN}){_PERSON}[\s_\-]*(?={re.escape(REDACTED)})"
    after = rf"(?<={re.escape(REDACTED)})[\s_\-]*{_PERSON}(?!{_HAN})"
    return re.sub(after, "", re.sub(person, "", clean))
