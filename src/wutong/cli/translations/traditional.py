"""Turns the product's own texts from Simplified into Traditional Chinese.

Characters and Taiwan's variants only (OpenCC `s2tw`); the phrase table `s2twp` would turn 项目 into 專案, which is
another word in this field. The glossary wins over OpenCC. Data of the zone is never converted.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

CONFIGURATION = "s2tw"


def read_glossary(path: Path) -> dict[str, str]:
    """Lines of `简体<TAB>繁體`; empty lines and lines that begin with # are skipped."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    pairs = (line.split("\t") for line in lines if line.strip() and not line.startswith("#"))
    return {simplified.strip(): traditional.strip() for simplified, traditional in pairs}


def converter(glossary: Mapping[str, str]) -> Callable[[str], str]:
    """A function that converts a text. Terms of the glossary are found longest first."""
    from opencc import OpenCC

    opencc = OpenCC(CONFIGURATION)
    terms = sorted(glossary, key=len, reverse=True)
    # With a group in the pattern, split() returns plain text and terms by turns.
    pattern = re.compile("(" + "|".join(map(re.escape, terms)) + ")") if terms else None

    def convert(text: str) -> str:
        parts = pattern.split(text) if pattern else [text]
        return "".join(
            glossary[part] if number % 2 else str(opencc.convert(part)) for number, part in enumerate(parts)
        )

    return convert
