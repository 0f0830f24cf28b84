"""Whether a name or a number really answers what was typed, and how well. Tokens only narrow the search down. Pure."""

from collections.abc import Sequence

from wutong.base.search.folding import fold
from wutong.base.search.readings import LONGEST, Spoken, spoken

WHOLE, BEGINS, WITHIN = 0, 1, 2
NO = 9


def rank_of(query: str, names: tuple[str, ...], codes: tuple[str, ...]) -> tuple[int, int, int]:
    """`(how, which, length)`: the lower the better; `how` is NO when nothing fits. `which` is 0 for the present name
    and codes, 1 for further names. `query` is folded."""
    best = (NO, 0, 0)
    for index, name in enumerate(names):
        how = name_rank(query, name)
        best = min(best, (how, min(index, 1), len(name)))
    for code in codes:
        best = min(best, (code_rank(query, code), 0, len(code)))
    return best


def name_rank(query: str, name: str) -> int:
    """WHOLE, BEGINS, WITHIN or NO, for a folded query."""
    folded = fold(name)[:LONGEST]
    place = folded.find(query)
    if place == 0:
        return WHOLE if len(folded) == len(query) else BEGINS
    best = WITHIN if place > 0 else NO
    if query.isascii() and query:
        best = min(best, _spoken_rank(query, name))
    return best


def code_rank(query: str, code: str) -> int:
    folded = fold(code)
    if folded == query:
        return WHOLE
    if query.isdecimal() and len(query) < len(folded) and _ending_number(code) == int(query):
        return WHOLE
    if len(query) < 4:
        return NO
    place = folded.find(query)
    return BEGINS if place == 0 else WITHIN if place > 0 else NO


def _ending_number(code: str) -> int | None:
    digits = ""
    for character in reversed(code):
        if not (character.isascii() and character.isdigit()):
            break
        digits = character + digits
    return int(digits[-9:]) if digits else None


def _spoken_rank(query: str, name: str) -> int:
    """First letters of characters in a row, or their syllables in full with the last one begun."""
    heard = spoken(name)
    for start in range(len(heard)):
        end = _by_first_letters(query, heard, start)
        if end is None:
            end = _by_syllables(query, heard, start)
        if end is not None:
            return WITHIN if start else WHOLE if end == len(heard) else BEGINS
    return NO


def _by_first_letters(query: str, heard: Sequence[Spoken], start: int) -> int | None:
    """Where the match ends; None for none. One letter alone only counts at the beginning."""
    if (len(query) == 1 and start) or start + len(query) > len(heard):
        return None
    fits = all(letter in heard[start + offset].letters for offset, letter in enumerate(query))
    return start + len(query) if fits else None


def _by_syllables(query: str, heard: Sequence[Spoken], start: int) -> int | None:
    if len(query) < 2:
        return None

    def walk(rest: str, index: int) -> int | None:
        if not rest:
            return index
        if index == len(heard):
            return None
        for syllable in heard[index].syllables:
            if rest.startswith(syllable):
                end = walk(rest[len(syllable) :], index + 1)
                if end is not None:
                    return end
            elif syllable.startswith(rest):
                return index + 1
        return None

    return walk(query, start)
