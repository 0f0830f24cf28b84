"""How characters are spoken: syllables without tones, and their first letters. From pypinyin's table of characters.

No segmentation: 重庆 is found as chongqing and as zhongqing, because people type what they see.
"""

from functools import lru_cache

from pypinyin.constants import Style
from pypinyin.pinyin_dict import pinyin_dict
from pypinyin.style import convert

READINGS = 3
"""At most so many readings of a character; the table lists the usual ones first."""


@lru_cache(maxsize=30000)
def readings(character: str) -> tuple[str, ...]:
    """Syllables of a character, ü written as v; a letter or digit stands for itself."""
    if character.isascii():
        return (character,)
    found: dict[str, None] = {}
    for spoken in pinyin_dict.get(ord(character), "").split(","):
        plain = convert(spoken, Style.NORMAL, strict=False, default="", v_to_u=False) if spoken else ""
        if plain.isascii() and plain.isalpha():
            found[plain] = None
    return tuple(list(found)[:READINGS])


@lru_cache(maxsize=30000)
def initials(character: str) -> tuple[str, ...]:
    """First letters of the readings."""
    return tuple(dict.fromkeys(spoken[0] for spoken in readings(character)))
