"""What the many firms, cases and people are called. Pure: a number always gives the same name. All of it is invented."""

import random
from dataclasses import dataclass
from functools import cache

from wutong.registers.enterprises.uscc import ALPHABET, check_character

SEED = 20260707
CODE_BEGINS = "91379998"
PLACES = ("示例", "示例市", "示例东区", "示例西区", "")
TRADES = ("新材料", "新能源", "生物科技", "机械制造", "信息技术", "环保设备", "医疗器械", "轴承", "汽车配件", "电气", "物流")  # fmt: skip
INDUSTRIES = ("2651", "3825", "2770", "3451", "6513", "3591", "3584", "3451", "3670", "3825", "5910")
FORMS = ("有限公司", "股份有限公司", "有限责任公司", "厂")
MATTERS = (
    "办理施工许可",
    "申请用地预审",
    "诉求办理",
    "项目推进",
    "问题整改",
    "用工招聘",
    "融资对接",
    "能评办理",
)
RARE = "堃犇淼垚焱鑫喆昉嬿翀鹋羴龘骉毳𠮷㛃赟頔彧"
"""Seldom characters: the first firms have one in their names, as some firms do."""
SURNAMES = "贺顾毛郝龚邵万钱严覃武戴莫孔向汤尹黎常赖樊葛温季"


@dataclass(frozen=True)
class VolumeFirm:
    """`word` is the part of the name that is only this firm's."""

    name: str
    word: str
    code: str
    former: str
    industry_code: str


@cache
def common_characters() -> str:
    """Two thousand usual characters: most of GB 2312's first level."""
    rows = (bytes([high, low]) for high in range(0xB0, 0xD0) for low in range(0xA1, 0xFF))
    return b"".join(rows).decode("gb2312", errors="ignore")


def firm(number: int) -> VolumeFirm:
    dice = _dice("firm", number)
    characters = common_characters()
    word = _word(number)
    trade = dice.randrange(len(TRADES))
    body = CODE_BEGINS + "".join(dice.choices(ALPHABET, k=9))
    former = "".join(dice.choices(characters, k=4)) + "商贸有限公司" if number % 10 == 3 else ""
    name = f"{dice.choice(PLACES)}{word}{TRADES[trade]}{dice.choice(FORMS)}"
    return VolumeFirm(name, word, body + check_character(body), former, INDUSTRIES[trade])


def title(number: int, firms: int) -> str:
    """Of a case that is about the matter of one of so many firms."""
    dice = _dice("title", number)
    ending = "".join(dice.choices(common_characters(), k=2))
    return f"{_word(dice.randrange(firms))}{dice.choice(MATTERS)}{ending}"


def person(number: int) -> str:
    dice = _dice("person", number)
    return dice.choice(SURNAMES) + "".join(dice.choices(common_characters(), k=2))


def _word(number: int) -> str:
    word = "".join(_dice("word", number).choices(common_characters(), k=3))
    return RARE[number % len(RARE)] + word[1:] if number < 3 * len(RARE) else word


def _dice(kind: str, number: int) -> random.Random:
    return random.Random(f"{SEED}:{kind}:{number}")  # noqa: S311 - invented names
