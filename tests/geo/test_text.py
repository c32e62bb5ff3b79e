"""Are files decoded with reason, names folded to one key, and pinyin written by the rules?"""

from __future__ import annotations

import codecs

import pytest

from geo.errors import BadInput
from geo.text import core, decode, initials, name_keys, pinyin, pinyin_key, romanise, search_key
from geo.text.readings import POLYPHONES, Reading, reviewed_readings, split_syllables
from geo.text.words import RULES

TABLE = (
    "名称,地址,电话\n武进区敬老院,常州市武进区湖塘镇,0519-86310000\n金坛区福利院,金坛区金城镇,\n"
)
TRADITIONAL = "名稱,地址\n臺北市信義區老人活動中心,臺北市\n萬華老人服務中心,萬華區\n"


# --- bytes to text -----------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"), ("utf-16-be", "utf-16-be"), ("utf-32", "utf-32"),
        ("gb18030", "gb18030"), ("gbk", "gb18030"), ("gb2312", "gb18030"),
    ],
)  # fmt: skip
def test_simplified_files_are_told_apart(encoding: str, told: str) -> None:
    decoded = decode(TABLE.encode(encoding))
    assert decoded.text == TABLE
    assert decoded.encoding == told
    assert decoded.evidence


@pytest.mark.parametrize("encoding", ["big5", "cp950", "gb18030", "utf-8"])
def test_traditional_files_are_told_apart(encoding: str) -> None:
    decoded = decode(TRADITIONAL.encode(encoding))
    assert decoded.text == TRADITIONAL
    assert decoded.encoding == ("big5" if encoding == "cp950" else encoding)


@pytest.mark.parametrize("text", ["常州", "养老院", "地址\n延陵西路", "名称,溧阳市"])
def test_a_few_characters_of_gb18030_are_enough(text: str) -> None:
    assert decode(text.encode("gb18030")).text == text


def test_gb18030_of_four_bytes_is_read() -> None:
    text = "𠮷野家,㙟山,常州市武进区\n"
    assert decode(text.encode("gb18030")).text == text


def test_evidence_gives_both_readings() -> None:
    evidence = decode(TRADITIONAL.encode("big5")).evidence
    assert "not UTF-8 at byte 1 (line 1)" in evidence
    assert "as big5" in evidence
    assert "as gb18030" in evidence


def test_a_large_file_is_read_whole() -> None:
    text = "武进区敬老院,常州市武进区\u3000湖塘镇\r\n" * 100_000
    assert decode(text.encode("gb18030")).text == text


def test_ascii_and_nothing_are_utf8() -> None:
    assert decode(b"a,b\n1,2").encoding == "utf-8"
    assert decode(b"").text == ""


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (TABLE.encode() + b"\xff\n", ("damaged", "line 4")),
        (TABLE.encode()[:-2] + b"\xe5\xb8", ("damaged", "line 3")),
        (b"PK\x03\x04\x14\x00\x00\x00\x08\x00abc", ("zero byte", "line 1")),
        (TABLE.encode("gb18030") + b"\xff\xff", ("cannot be told", "line 4", "UTF-8")),
        (codecs.BOM_UTF8 + "常州".encode("gb18030"), ("mark", "utf-8")),
        (b"abc\x01\x02", ("control", "line 1")),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", ("zero byte",)),
    ],
)
def test_what_does_not_decode_is_refused_with_its_place(
    data: bytes, words: tuple[str, ...]
) -> None:
    with pytest.raises(BadInput) as caught:
        decode(data)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_a_damaged_utf8_file_is_never_read_as_gibberish() -> None:
    whole = TABLE.encode()
    for at in range(len(whole)):
        broken = whole[:at] + b"\xff" + whole[at + 1 :]
        with pytest.raises(BadInput):
            decode(broken)


# --- keys --------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        "常州市",
        " 常 州 市 ",
        "《常州市》",
        "「常州」市",
        "(常州)市",
        "（常州）市",
        "常·州市",
    ],
)
def test_one_key_for_all_ways_of_writing(written: str) -> None:
    assert search_key(written) == "常州市"


def test_script_width_and_case_are_folded() -> None:
    assert search_key("鐘樓區") == "钟楼区"
    assert search_key("Ａ１２ Plaza") == "a12plaza"
    assert search_key("⼭") == "山"  # a radical's code point
    assert search_key("--- 《》") == ""


@pytest.mark.parametrize(
    ("name", "specific"),
    [
        ("常州市", "常州"), ("武进区", "武进"), ("沙市区", "沙市"), ("沙市", "沙市"),
        ("通县", "通县"),
        ("浦东新区", "浦东"), ("高新区", "高新"), ("红梅街道", "红梅"), ("周庄镇", "周庄"),
        ("景德镇市", "景德镇"), ("景德镇", "景德镇"), ("酉阳土家族苗族自治县", "酉阳"),
        ("新疆维吾尔自治区", "新疆"), ("内蒙古自治区", "内蒙古"), ("淹城", "淹城"), ("市", "市"),
        ("", ""),
    ],
)  # fmt: skip
def test_the_core_is_the_specific_part(name: str, specific: str) -> None:
    assert core(name) == specific


# --- pinyin, rules of DOMAIN D.5 ------------------------------------------------


@pytest.mark.parametrize(
    ("name", "feature_class", "written"),
    [
        ("太行山", "T", "Tàiháng Shān"), ("常州市", "A", "Chángzhōu Shì"),  # 1 parts apart
        ("西辽河", "H", "Xīliáo Hé"), ("潮白新河", "H", "Cháobái Xīnhé"),  # 2 modifiers
        ("北雁荡山", "T", "Běiyàndàng Shān"), ("景山后街", "R", "Jǐngshān Hòujiē"),
        ("王村", "P", "Wángcūn"), ("周口店", "P", "Zhōukǒudiàn"),  # 3 villages joined
        ("黑龙江省", "A", "Hēilóngjiāng Shěng"), ("景德镇市", "A", "Jǐngdézhèn Shì"),  # 4
        ("解放路南小街", "R", "Jiěfànglù Nánxiǎojiē"), ("沙市区", "A", "Shāshì Qū"),
        ("左权县", "A", "Zuǒquán Xiàn"),  # 5 persons
        ("五指山", "T", "Wǔzhǐ Shān"),  # 6 numerals in letters
        ("二马路", "R", "2 Mǎlù"), ("三环路", "R", "3 Huánlù"),
        ("东四十二条", "R", "Dōngsì 12 Tiáo"),
        ("经五路", "R", "Jīng 5 Lù"), ("第九弄", "R", "Dì-9 Lòng"),  # 7 codes and ordinals
        ("大川淀一巷", "R", "Dàchuāndiàn 1 Xiàng"), ("1203高地", "T", "1203 Gāodì"),
        ("２马路", "R", "2 Mǎlù"), ("1号桥", "S", "1 Hàoqiáo"), ("K12路", "R", "K12 Lù"),
        ("五一路", "R", "Wǔyī Lù"), ("双十路", "R", "Shuāngshí Lù"), ("九龙路", "R", "Jiǔlóng Lù"),
        ("第二松花江", "H", "Dì'èr Sōnghuā Jiāng"), ("第六屯", "P", "Dìliùtún"),
        ("洮儿河", "H", "Táo'ér Hé"), ("吴堡县", "A", "Wúbǔ Xiàn"),  # 8 fixed local readings
        ("大黄堡镇", "A", "Dàhuángbǎo Zhèn"),
        ("西安市", "A", "Xī'ān Shì"), ("建瓯市", "A", "Jiàn'ōu Shì"),
        ("天峨县", "A", "Tiān'é Xiàn"),
        ("盆儿胡同", "R", "Pénr Hútòng"), ("儿童公园", "S", "Értóng Gōngyuán"),  # 12
        ("瞿秋白故居", "S", "Qúqiūbái Gùjū"),  # 14 sites apart
        ("通县", "A", "Tōng Xiàn"), ("费县", "A", "Fèi Xiàn"),
        ("彭水苗族土家族自治县", "A", "Péngshuǐ Miáozú Tǔjiāzú Zìzhìxiàn"),
        ("红梅街道", "A", "Hóngméi Jiēdào"), ("浦东新区", "A", "Pǔdōng Xīnqū"),
        ("龙城大道", "R", "Lóngchéng Dàdào"), ("斜桥弄", "R", "Xiéqiáo Lòng"),
        ("虬江支路", "R", "Qiújiāng Zhīlù"), ("长滩镇", "A", "Chángtān Zhèn"),
        ("绿园区", "A", "Lǜyuán Qū"), ("重庆市", "A", "Chóngqìng Shì"),
        ("六安市", "A", "Lù'ān Shì"),
        ("铅山县", "A", "Yánshān Xiàn"), ("蚌埠市", "A", "Bèngbù Shì"),
        ("乐山市", "A", "Lèshān Shì"), ("乐清市", "A", "Yuèqīng Shì"),
        ("张太雷旧居（张太雷纪念馆）", "S", "Zhāngtàiléi Jiùjū (Zhāngtàiléi Jìniànguǎn)"),
    ],
)  # fmt: skip
def test_pinyin_follows_the_rules(name: str, feature_class: str, written: str) -> None:
    assert pinyin(name, feature_class=feature_class) == written


@pytest.mark.parametrize(
    ("name", "feature_class", "rules"),
    [
        ("太行山", "T", {"parts"}), ("潮白新河", "H", {"modifier"}), ("王村", "P", {"settlement"}),
        ("第二松花江", "H", {"parts", "ordinal", "numerals", "apostrophe"}),
        ("景德镇市", "A", {"parts", "turned"}), ("五指山", "T", {"parts", "numerals"}),
        ("二马路", "R", {"digits"}), ("西安市", "A", {"parts", "apostrophe"}),
        ("盆儿胡同", "R", {"parts", "retroflex"}), ("瞿秋白故居", "S", {"works"}),
        ("通县", "A", {"parts", "county"}), ("酉阳土家族苗族自治县", "A", {"parts", "peoples"}),
        ("解放路南小街", "R", {"modifier", "turned"}),
    ],
)  # fmt: skip
def test_the_rules_that_applied_are_told(name: str, feature_class: str, rules: set[str]) -> None:
    told = romanise(name, feature_class=feature_class).rules
    assert set(told) == rules | {"capitals"}
    assert set(told) <= set(RULES)


def test_a_local_reading_holds_only_there() -> None:
    local = Reading("十里铺", ("shí", "lǐ", "pù"), "verified", "made up", within="110000000000")
    other = Reading("十里铺", ("shí", "lǐ", "pū"), "verified", "made up")
    known = {local.key: local, other.key: other}
    beijing = ("110105000000", "110000000000")
    assert romanise("十里铺村", known, feature_class="P", around=beijing).text == "Shílǐpùcūn"
    assert romanise("十里铺村", known, feature_class="P").text == "Shílǐpūcūn"
    assert romanise("十里铺", {local.key: local}, feature_class="P").status == "uncertain"


def test_what_nobody_confirmed_is_never_called_reviewed() -> None:
    unsure = Reading("埭头", ("dài", "tóu"), "unverified", "")
    read = romanise("埭头镇", {unsure.key: unsure}, feature_class="A")
    assert (read.text, read.status, read.reading) == ("Dàitóu Zhèn", "uncertain", unsure)


def test_a_short_name_has_no_generic_part() -> None:
    assert romanise("沙市", feature_class="A", joined=True).text == "Shāshì"


def test_a_reviewed_reading_wins_and_settles() -> None:
    readings = {"大堡": Reading("大堡", ("dà", "pù"), "verified", "a made-up table")}
    assert romanise("大堡", readings).text == "Dàpù"
    assert romanise("大堡村", readings, feature_class="A").status == "reviewed"
    assert romanise("大堡", {}).status == "uncertain"
    assert romanise("大堡", {}).doubtful == "堡"
    # only where the name begins so
    assert romanise("新大堡", readings).text != "Xīndàpù"


def test_an_unverified_reading_is_used_but_stays_on_the_list() -> None:
    readings = {"大堡": Reading("大堡", ("dà", "pù"), "unverified", "")}
    read = romanise("大堡", readings)
    assert (read.text, read.status) == ("Dàpù", "uncertain")


def test_the_table_of_readings_is_read_whole() -> None:
    table = reviewed_readings()
    assert table["重庆"].syllables == ("chóng", "qìng")
    assert table["六安"].syllables == ("lù", "ān")


@pytest.mark.parametrize(
    ("name", "reading", "syllables"),
    [
        ("六安", "Lù'ān", ("lù", "ān")), ("湟里镇", "Huánglǐ Zhèn", ("huáng", "lǐ", "zhèn")),
        ("吴堡", "Wúbǔ", ("wú", "bǔ")), ("六安", "Lùānxiàn", None), ("女儿", "nǚ'ér", ("nǚ", "ér")),
    ],
)  # fmt: skip
def test_a_joined_reading_is_split_by_characters(
    name: str, reading: str, syllables: tuple[str, ...] | None
) -> None:
    assert split_syllables(name, reading) == syllables


def test_every_polyphone_has_a_choice() -> None:
    assert all(len(set(readings)) > 1 for readings in POLYPHONES.values())
    assert all(len(character) == 1 for character in POLYPHONES)


@pytest.mark.parametrize(
    "typed",
    ["Xī'ān Shì", "xianshi", "XI AN SHI", "xi'an shi", "xi1an1shi4", "Ｘｉａｎ ｓｈｉ"],
)
def test_pinyin_is_found_however_it_is_typed(typed: str) -> None:
    assert pinyin_key(typed) == "xianshi"


def test_u_with_dots_may_be_typed_as_v_or_u() -> None:
    assert pinyin_key("Lǜyuán") == pinyin_key("lvyuan") == pinyin_key("luyuan")


def test_initials() -> None:
    assert initials("常州") == "cz"
    assert initials("西安市") == "xas"
    assert initials("Ａ12号楼") == "a12hl"


def test_keys_of_a_name() -> None:
    keys = {(k.key, k.kind) for k in name_keys("武进区")}
    assert {
        ("武进区", "exact"),
        ("武进", "core"),
        ("wujinqu", "pinyin"),
        ("wujin", "pinyin"),
    } <= keys
    assert {
        ("wjq", "initials"),
        ("wj", "initials"),
        ("-武区", "deletion"),
        ("~武进", "bigram"),
    } <= keys
    assert {k.rank for k in name_keys("武进区", rank=20)} == {20}


def test_a_doubtful_name_can_be_typed_in_its_other_reading() -> None:
    found = {k.key: k.rank for k in name_keys("乐清市") if k.kind == "pinyin"}
    assert found["yueqing"] < found["leqing"]


def test_no_key_for_nothing_and_each_key_once() -> None:
    assert name_keys("《》") == []
    keys = [(k.key, k.kind) for k in name_keys("横山桥横山桥")]
    assert len(keys) == len(set(keys))
