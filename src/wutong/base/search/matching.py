"""Whether a name or a number really answers what was typed, and how well. Tokens only narrow the search down. Pure."""

from functools import lru_cache

from wutong.base.search.folding import fold
from wutong.base.search.readings import initials, readings
from wutong.base.search.tokens import LONGEST

WHOLE, BEGINS, WITHIN = 0, 1, 2
NO = 9


def rank_of(query: str, names: tuple[str, ...], codes: tuple[str, ...]) -> tuple[int, int, int]:
    """`(how, which, length)`: the lower the better; `how` is NO when nothing fits. `which` is 0 for the present name
    and codes, 1 for further names. `query` is folded."""
    best = (NO, 0, 0)
    for index, name in enumerate(names):
        how = name_rank(query, fold(name)[:LONGEST])
        best = min(best, (how, min(index, 1), len(name)))
    for code in codes:
        best = min(best, (code_rank(query, code), 0, len(code)))
    return best


def name_rank(query: str, folded: str) -> int:
    """Both folded: WHOLE, BEGINS, WITHIN or NO."""
    place = folded.find(query)
    if place == 0:
        return WHOLE if len(folded) == len(query) else BEGINS
    best = WITHIN if place > 0 else NO
    if query.isascii() and query:
        best = min(best, _spoken_rank(query, folded))
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


@lru_cache(maxsize=20000)
def _letters(folded: str) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    return tuple((initials(character), readings(character)) for character in folded)


def _spoken_rank(query: str, folded: str) -> int:
    """First letters of characters in a row, or their syllables in full with the last one begun."""
    best = NO
    spoken = _letters(folded)
    for start in range(len(spoken)):
        end = _by_first_letters(query, spoken, start)
        if end is None:
            end = _by_syllables(query, spoken, start)
        if end is None:
            continue
        if start:
            return min(best, WITHIN)
        return WHOLE if end == len(spoken) else BEGINS
    return best


Spoken = tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]


def _by_first_letters(query: str, spoken: Spoken, start: int) -> int | None:
    """Where the match ends; None for none. One letter alone only counts at the beginning."""
    if len(query) == 1 and start:
        return None
    if start + len(query) > len(spoken):
        return None
    for offset, letter in enumerate(query):
        if letter not in spoken[start + offset][0]:
            return None
    return start + len(query)


def _by_syllables(query: str, spoken: Spoken, start: int) -> int | None:
    if len(query) < 2:
        return None

    def walk(rest: str, index: int) -> int | None:
        if not rest:
            return index
        if index == len(spoken):
            return None
        for syllable in spoken[index][1]:
            if rest.startswith(syllable):
                end = walk(rest[len(syllable) :], index + 1)
                if end is not None:
                    return end
            elif syllable.startswith(rest):
                return index + 1
        return None

    return walk(query, start)
