"""Headings as people write them: folded for comparison, taken apart into name and unit."""

import re
import unicodedata
from dataclasses import dataclass

CLOSED_BY = {
    "(": ")",
    "[": "]",
    "{": "}",
    "〔": "〕",
    "【": "】",
    "〈": "〉",
    "《": "》",
    "<": ">",
    "「": "」",
}
OPENING = re.escape("".join(CLOSED_BY))
CLOSING = re.escape("".join(CLOSED_BY.values()))
BRACKETED = re.compile(f"[{OPENING}]([^{OPENING}{CLOSING}]*)[{CLOSING}]")
MARKS = "*★☆※:;,。、."
SEPARATORS = "/_-—|:,、"

MONEY_UNITS = {
    **dict.fromkeys(("元", "圆", "人民币元", "元人民币", "人民币"), "元"),
    **dict.fromkeys(("万元", "万", "人民币万元", "万元人民币", "万人民币"), "万元"),
    **dict.fromkeys(("亿元", "亿", "人民币亿元", "亿元人民币", "亿人民币"), "亿元"),
}
"""How the units of yuan are written in headings, by folded form."""

WRITTEN_OUT = re.compile(r"^(.+?)(?:人民币)?(亿元|万元|元)$")


def fold(text: str) -> str:
    """The form in which two headings are compared: NFKC, no white space, lower case."""
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()


@dataclass(frozen=True)
class Reading:
    """One way to read a heading: a folded name and a unit (empty where none is written)."""

    name: str
    unit: str


def readings(heading: str) -> list[Reading]:
    """The ways to read a heading, most literal first: 总投资（万元）, 总投资:亿元, 总投资万元, 最新进展(日期)."""
    whole = fold(heading).strip(MARKS)
    if not whole:
        return []
    bracketed = [text.removeprefix("单位").strip(MARKS) for text in BRACKETED.findall(whole)]
    bracketed = [text for text in bracketed if text]
    bare = BRACKETED.sub("", whole).strip(MARKS)
    money = [text for text in bracketed if text in MONEY_UNITS]
    unit = money[-1] if money else (bracketed[-1] if bracketed else "")
    found = [Reading(whole, unit)]
    if bracketed:
        found.append(Reading(bare, unit))
    name, colon, after = whole.partition(":")
    if colon and name and after:
        found.append(Reading(name, after.removeprefix("单位:").removeprefix("单位")))
    if not unit and (match := WRITTEN_OUT.match(bare)):
        found.append(Reading(match[1].rstrip(SEPARATORS), match[2]))
    return found


def money_unit(unit: str) -> str:
    """元, 万元 or 亿元 for a folded unit, empty for anything else (万美元, 件)."""
    return MONEY_UNITS.get(unit, "")


def declared_name(label: str) -> str:
    """A declared label or synonym in the form that `Reading.name` has."""
    return fold(label).strip(MARKS)


CURRENCIES = (
    "美元|美金|欧元|日元|日圆|英镑|港元|港币|台币|新台币|韩元|韩币|卢布|法郎|澳元|加元|新元|新币|新加坡元"
    "|usd|us\\$|eur|jpy|gbp|hkd|krw|[$€£₩₽]"
)
TABLE_UNIT = re.compile(r"(?:^|[\s(])(?:金额|计量|货币|计价)?单位\s*:\s*([^\s()]+)")
MONEY_WORD = re.compile(rf"[十百千万亿]*(?:{CURRENCIES}|人民币|元)")


def table_unit(text: str) -> str | None:
    """The money unit of a line such as “计量单位：万元” above a header, folded.

    None where the line names no money; a currency that is not yuan, or several units, come back as they are.
    """
    match = TABLE_UNIT.search(unicodedata.normalize("NFKC", text))
    if match is None:
        return None
    parts = [fold(part) for part in re.split("[,、;/]", match[1]) if part]
    money = [part for part in parts if part in MONEY_UNITS or MONEY_WORD.fullmatch(part)]
    return "、".join(dict.fromkeys(money)) or None
