"""One form for all spellings of the same text: width, case, script and spaces do not count. Never shown."""

import unicodedata
from functools import cache, lru_cache
from typing import Any

import opencc


@cache
def _to_simplified() -> Any:
    return opencc.OpenCC("t2s")


def fold(text: str) -> str:
    """NFKC, lower case, simplified script. Letters, digits and characters stay; everything else separates words and
    is left out: 聊城（示例）ＡＢＣ → 聊城示例abc."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return _letters(plain if plain.isascii() else _simplified(plain))


def unsimplified(text: str) -> str:
    """The same in the script that it is written in: 乾 is spoken qian, though it is simplified to 干."""
    return _letters(unicodedata.normalize("NFKC", text).casefold())


def _letters(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


@lru_cache(maxsize=4096)
def _simplified(text: str) -> str:
    return str(_to_simplified().convert(text))
