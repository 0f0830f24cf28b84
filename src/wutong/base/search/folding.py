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
    if not plain.isascii():
        plain = _simplified(plain)
    return "".join(character for character in plain if character.isalnum())


@lru_cache(maxsize=4096)
def _simplified(text: str) -> str:
    return str(_to_simplified().convert(text))
