"""Invented things to be found, and questions of every kind that each have a known answer. Pure, from a fixed seed.

Used by the test at a small size and by `bench.search` at full size.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from wutong.base.search.folding import fold
from wutong.base.search.readings import initials, readings
from wutong.registers.enterprises.uscc import ALPHABET, check_character

RARE = "堃犇淼垚焱鑫喆昉嬿翀鹋羴龘骉毳𠮷㛃赟頔彧"
PLACES = ("山东", "聊城市", "示例市东区", "济南", "")
TRADES = (
    "新材料",
    "新能源",
    "生物科技",
    "机械制造",
    "信息技术",
    "环保设备",
    "医疗器械",
    "轴承",
    "汽车配件",
    "电气",
    "物流",
)
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
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"


def common_characters() -> str:
    """Two thousand usual characters: those of GB 2312's first level."""
    rows = (bytes([high, low]) for high in range(0xB0, 0xD0) for low in range(0xA1, 0xFF))
    return b"".join(rows).decode("gb2312", errors="ignore")


@dataclass(frozen=True)
class Firm:
    """`word` is the part of the name that is only this firm's."""

    name: str
    word: str
    code: str
    former: str = ""


@dataclass(frozen=True)
class Matter:
    """A case: its title, and which of the units holds it."""

    title: str
    unit: int


@dataclass(frozen=True)
class World:
    firms: list[Firm]
    matters: list[Matter]
    people: list[str] = field(default_factory=list)
    letters: list[str] = field(default_factory=list)
    """First letters of the names of the firms, to know how many a question fits."""


@dataclass(frozen=True)
class Question:
    """What is typed, of which kind, and what must be among the first five: ("enterprise" | "case" | "official", index).
    None for a question that has no answer."""

    kind: str
    text: str
    answer: tuple[str, int] | None


def planned_world(firms: int, matters: int, units: int, people: int = 60, seed: int = 7) -> World:
    dice = random.Random(seed)
    characters = common_characters()
    made, words = [], []
    for number in range(firms):
        word = "".join(dice.choice(characters) for _each in range(3))
        if number < 3 * len(RARE):
            word = RARE[number % len(RARE)] + word[1:]
        words.append(word)
        body = "91379999" + "".join(dice.choice(ALPHABET) for _each in range(9))
        former = ""
        if number % 10 == 3:
            former = "".join(dice.choice(characters) for _each in range(4)) + "商贸有限公司"
        name = f"{dice.choice(PLACES)}{word}{dice.choice(TRADES)}{dice.choice(FORMS)}"
        made.append(Firm(name, word, body + check_character(body), former))
    cases = [
        Matter(
            f"{dice.choice(words)}{dice.choice(MATTERS)}{dice.choice(characters)}{dice.choice(characters)}",
            dice.randrange(units),
        )
        for _number in range(matters)
    ]
    names = [
        dice.choice(SURNAMES) + dice.choice(characters) + dice.choice(characters) for _each in range(people)
    ]
    return World(made, cases, names, [_letters(firm.name) for firm in made])


def _letters(text: str) -> str:
    return "".join(initials(character)[0] for character in fold(text) if initials(character))


def _is_spoken(text: str) -> bool:
    return all(readings(character) and not character.isascii() for character in fold(text))


def questions(world: World, numbers: list[str], count: int = 500, seed: int = 11) -> list[Question]:
    """`count` questions, as many of each kind as of the others. `numbers` are those that the cases got."""
    dice = random.Random(seed)
    makers = [
        _whole, _middle, _two, _one, _initials, _initials_of_core, _pinyin, _pinyin_begun, _traditional, _former, _code,
        _part_of_code, _number, _running_number, _title, _official,
    ]  # fmt: skip
    found: list[Question] = []
    while len(found) < count:
        for maker in makers:
            question = maker(world, numbers, dice)
            if question is not None and len(found) < count:
                found.append(question)
    return found


def _firm(world: World, dice: random.Random) -> tuple[int, Firm]:
    index = dice.randrange(len(world.firms))
    return index, world.firms[index]


def _whole(world: World, numbers: list[str], dice: random.Random) -> Question:
    index, firm = _firm(world, dice)
    return Question("全名", firm.name, ("enterprise", index))


def _middle(world: World, numbers: list[str], dice: random.Random) -> Question:
    index, firm = _firm(world, dice)
    word = firm.word
    start = firm.name.find(word)
    return Question(
        "中间几个字", firm.name[start : start + 5] if start >= 0 else firm.name, ("enterprise", index)
    )


def _two(world: World, numbers: list[str], dice: random.Random) -> Question | None:
    index, firm = _firm(world, dice)
    pair = firm.word[:2]
    others = sum(pair in other.name for other in world.firms)
    return Question("两个字", pair, ("enterprise", index)) if others <= 5 else None


def _one(world: World, numbers: list[str], dice: random.Random) -> Question | None:
    index = dice.randrange(min(3 * len(RARE), len(world.firms)))
    character = world.firms[index].word[0]
    if character not in RARE or sum(character in other.name for other in world.firms) > 5:
        return None
    return Question("一个字", character, ("enterprise", index))


def _initials(world: World, numbers: list[str], dice: random.Random) -> Question:
    index, firm = _firm(world, dice)
    return Question("首字母", _letters(firm.name), ("enterprise", index))


def _initials_of_core(world: World, numbers: list[str], dice: random.Random) -> Question | None:
    index, firm = _firm(world, dice)
    text = firm.name[firm.name.find(firm.word) :]
    letters = _letters(text)[:-1]
    if not _is_spoken(text) or sum(letters in other for other in world.letters) > 5:
        return None
    return Question("中间首字母", letters, ("enterprise", index))


def _pinyin(world: World, numbers: list[str], dice: random.Random) -> Question | None:
    index, firm = _firm(world, dice)
    word = firm.word
    if not _is_spoken(word):
        return None
    return Question("拼音", "".join(readings(character)[0] for character in word), ("enterprise", index))


def _pinyin_begun(world: World, numbers: list[str], dice: random.Random) -> Question | None:
    question = _pinyin(world, numbers, dice)
    if question is None or question.answer is None:
        return None
    trade = world.firms[question.answer[1]].name
    after = trade[trade.find(world.firms[question.answer[1]].word) + 3]
    return Question("拼音未写完", question.text + readings(after)[0][:1], question.answer)


def _traditional(world: World, numbers: list[str], dice: random.Random) -> Question:
    import opencc

    index, firm = _firm(world, dice)
    return Question("繁体", opencc.OpenCC("s2t").convert(firm.name), ("enterprise", index))


def _former(world: World, numbers: list[str], dice: random.Random) -> Question:
    index = dice.choice([number for number, firm in enumerate(world.firms) if firm.former])
    return Question("曾用名", world.firms[index].former[:6], ("enterprise", index))


def _code(world: World, numbers: list[str], dice: random.Random) -> Question:
    index, firm = _firm(world, dice)
    return Question("信用代码", firm.code.lower(), ("enterprise", index))


def _part_of_code(world: World, numbers: list[str], dice: random.Random) -> Question:
    index, firm = _firm(world, dice)
    return Question("代码一段", firm.code[9:17], ("enterprise", index))


def _case(world: World, dice: random.Random) -> tuple[int, Matter]:
    index = dice.randrange(len(world.matters))
    return index, world.matters[index]


def _number(world: World, numbers: list[str], dice: random.Random) -> Question:
    index, _matter = _case(world, dice)
    return Question("办件编号", numbers[index], ("case", index))


def _running_number(world: World, numbers: list[str], dice: random.Random) -> Question | None:
    index, _matter = _case(world, dice)
    running = numbers[index].rpartition("-")[2] or numbers[index]
    digits = running[-6:].lstrip("0")
    return Question("编号尾数", digits, ("case", index)) if digits.isdecimal() and len(digits) > 3 else None


def _title(world: World, numbers: list[str], dice: random.Random) -> Question:
    index, matter = _case(world, dice)
    return Question("办件标题", matter.title, ("case", index))


def _official(world: World, numbers: list[str], dice: random.Random) -> Question:
    index = dice.randrange(len(world.people))
    return Question("工作人员", world.people[index], ("official", index))


def hopeless(world: World, count: int = 100, seed: int = 13) -> Iterator[Question]:
    """Texts that no name holds, in every form."""
    dice = random.Random(seed)
    forms = ("魑魅魍魉饕餮貔貅囹圄", "vuiqx", "0123456789", "魑v9魅q3")
    known = "".join(firm.name for firm in world.firms[:2000])
    while count:
        text = "".join(dice.choice(forms[count % len(forms)]) for _each in range(dice.choice((5, 7, 12))))
        if text not in known and not text.isdecimal() or len(text) > 7:
            yield Question("查不到", text, None)
            count -= 1
