"""How characters are spoken: syllables without tones, and their first letters. From pypinyin's table of characters.

No segmentation: 重庆 is found as chongqing and as zhongqing, because people type what they see.
"""

from dataclasses import dataclass
from functools import lru_cache

from pypinyin.constants import Style
from pypinyin.pinyin_dict import pinyin_dict
from pypinyin.style import convert

from wutong.base.search.folding import fold, unsimplified

LONGEST = 60
"""Characters of a name that are looked at; nobody types more."""
READINGS = 3
"""At most so many readings of a character; the table lists the usual ones first."""


@lru_cache(maxsize=30000)
def readings(character: str) -> tuple[str, ...]:
    """Syllables of a character, ü written as v; a letter or digit stands for itself."""
    if character.isascii():
        return (character,)
    found: dict[str, None] = {}
    for reading in pinyin_dict.get(ord(character), "").split(","):
        plain = convert(reading, Style.NORMAL, strict=False, default="", v_to_u=False) if reading else ""
        if plain.isascii() and plain.isalpha():
            found[plain] = None
    return tuple(list(found)[:READINGS])


def initials(character: str) -> tuple[str, ...]:
    """First letters of the readings."""
    return tuple(dict.fromkeys(syllable[0] for syllable in readings(character)))


@dataclass(frozen=True)
class Spoken:
    """A character of a folded name, and how it may be spoken."""

    character: str
    syllables: tuple[str, ...]
    letters: tuple[str, ...]


@lru_cache(maxsize=20000)
def spoken(name: str) -> tuple[Spoken, ...]:
    """A name, folded, with the readings of both scripts: 乾坤 is spoken qiankun although it is folded to 干坤."""
    folded, written = fold(name)[:LONGEST], unsimplified(name)[:LONGEST]
    if len(folded) != len(written):
        written = folded
    found = []
    for one, other in zip(folded, written, strict=True):
        syllables = (
            readings(one) if one == other else tuple(dict.fromkeys((*readings(other), *readings(one))))
        )
        found.append(Spoken(one, syllables, tuple(dict.fromkeys(syllable[0] for syllable in syllables))))
    return tuple(found)
