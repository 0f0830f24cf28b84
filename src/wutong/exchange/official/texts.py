"""Text as it can stand on paper: without what neither file format can hold or what would deceive a reader."""

import re
import unicodedata

# Signs that turn the direction of writing could show another text than the one that is kept and searched.
TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
LINE_BREAKS = re.compile(r"\r\n|[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]")


def lines_of(text: str) -> list[str]:
    """The lines of a text, each fit to print; empty ones are left out."""
    lines = (_fit(line).strip() for line in LINE_BREAKS.split(text))
    return [line for line in lines if line]


def one_line(text: str) -> str:
    """The text on one line; a break becomes a space."""
    return " ".join(lines_of(text))


def _fit(line: str) -> str:
    return "".join(" " if sign == "\t" else sign for sign in line if sign == "\t" or _can_be_printed(sign))


def _can_be_printed(sign: str) -> bool:
    """Rare and private characters stay: where no font has one, that is told and not hidden."""
    is_no_character = 0xFDD0 <= ord(sign) <= 0xFDEF or ord(sign) & 0xFFFE == 0xFFFE
    is_control = unicodedata.category(sign) in ("Cc", "Cs")
    return not (is_control or is_no_character or sign in TURNING or sign in "\ufeff\u00ad")


def width_of(text: str) -> float:
    """Width in full-width characters, as a word processor sets it: a Latin letter takes half a cell."""
    return sum(
        0.0
        if unicodedata.combining(sign) or unicodedata.category(sign) in ("Mn", "Me", "Cf")
        else 1.0
        if unicodedata.east_asian_width(sign) in "WFA"
        else 0.5
        for sign in text
    )
