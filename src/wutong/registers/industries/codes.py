"""Codes of the national economic classification (国民经济行业分类, GB/T 4754-2017), without a database.

A section (门类) is one letter, a division (大类) two digits, a group (中类) three, a class (小类) four. A code contains
the codes above it, down to the division; which section a division belongs to stands in the table of the standard.
"""

import unicodedata

from django.utils.translation import gettext as _

from wutong.base.errors import Refused

EDITION = "GB/T 4754-2017"
LONGEST = 5
"""A class with its section letter."""

SECTIONS = {
    "A": (1, 5),
    "B": (6, 12),
    "C": (13, 43),
    "D": (44, 46),
    "E": (47, 50),
    "F": (51, 52),
    "G": (53, 60),
    "H": (61, 62),
    "I": (63, 65),
    "J": (66, 69),
    "K": (70, 70),
    "L": (71, 72),
    "M": (73, 75),
    "N": (76, 79),
    "O": (80, 82),
    "P": (83, 83),
    "Q": (84, 85),
    "R": (86, 90),
    "S": (91, 96),
    "T": (97, 97),
}
"""First and last division of each section (GB/T 4754-2017, table 1)."""

SECTION_OF_DIVISION = {
    f"{number:02d}": letter for letter, (first, last) in SECTIONS.items() for number in range(first, last + 1)
}
LEVELS = ("section", "division", "group", "class")


def clean_code(text: str) -> str:
    """The code as the classification keeps it: `C3841` and ` 3841` are `3841`, `c` is `C`.

    Raises Refused for what is no code, for a division that does not exist, and for a letter of another section.
    """
    code = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    letter, digits = (code[:1], code[1:]) if code[:1] in SECTIONS else ("", code)
    if letter and not digits:
        return letter
    if not digits.isascii() or not digits.isdecimal() or not 2 <= len(digits) <= 4:
        raise Refused(
            _("“%(code)s”不是行业代码。行业代码是一个字母，或2至4位数字，例如C3841、384。")
            % {"code": code[:20]}
        )
    section = SECTION_OF_DIVISION.get(digits[:2])
    if section is None:
        raise Refused(
            _("“%(code)s”不是行业代码：没有“%(division)s”这个大类。") % {"code": code, "division": digits[:2]}
        )
    if letter and letter != section:
        raise Refused(
            _("行业代码“%(code)s”的字母不对：大类%(division)s属于门类%(section)s。")
            % {"code": code, "division": digits[:2], "section": section}
        )
    return digits


def level_of(code: str) -> str:
    """One of LEVELS, of a clean code."""
    return "section" if code.isalpha() else LEVELS[len(code) - 1]


def parent_code(code: str) -> str:
    """The code one level up; empty for a section."""
    if code.isalpha():
        return ""
    return SECTION_OF_DIVISION[code] if len(code) == 2 else code[:-1]


def path_of(code: str) -> list[str]:
    """The codes from the section down to this one."""
    path = [code]
    while above := parent_code(path[0]):
        path.insert(0, above)
    return path


def printed_code(code: str) -> str:
    """With the letter of its section, as licences and tables print it: `3841` is `C3841`."""
    return code if code.isalpha() else SECTION_OF_DIVISION[code[:2]] + code
