"""What a name and a number are cut into, and what is looked for when somebody types. Pure.

A token is a class and a text. Bare: one or two characters of the folded name. `^` how it begins, `=` all of it. `i`
first letters (three in a row, or two), `p` a syllable, `q` two syllables in a row; with `^` and `=` for beginning and
whole. `#` four characters in a row of a number, `n` the number that it ends with. The same cut is made on both
databases, so that what is found does not depend on the tokenizer of either.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import product

from wutong.base.search.folding import fold
from wutong.base.search.readings import LONGEST, Spoken, readings, spoken

FEW = ".few"
"""Every entry that is not one of the many has it: a common word of a million cases is not walked through for them."""
GRAM = 4
MOST_CUTS, USED_CUTS = 200, 6
"""How many ways to cut letters into syllables are tried, and looked for."""


def pairs(text: str) -> Iterator[str]:
    return (text[index : index + 2] for index in range(len(text) - 1))


def name_tokens(name: str) -> set[str]:
    """Tokens of one name."""
    heard = spoken(name)
    folded = "".join(item.character for item in heard)
    if not folded:
        return set()
    tokens = {*folded, *pairs(folded), f"={folded}", f"^{folded[0]}", f"^{folded[:2]}"}
    return tokens | _letter_tokens(heard) | _syllable_tokens(heard)


def _letter_tokens(heard: Sequence[Spoken]) -> set[str]:
    letters = [item.letters for item in heard]
    tokens = set()
    for size in (2, 3):
        for start in range(len(letters) - size + 1):
            tokens |= {f"i{''.join(chosen)}" for chosen in product(*letters[start : start + size])}
    for size in (1, 2, 3):
        tokens |= (
            {f"^i{''.join(chosen)}" for chosen in product(*letters[:size])} if len(letters) >= size else set()
        )
    if len(letters) <= 12 and _ways(letters) <= 64:
        tokens |= {f"=i{''.join(chosen)}" for chosen in product(*letters)}
    return tokens


def _ways(options: Sequence[Sequence[str]]) -> int:
    count = 1
    for item in options:
        count *= max(1, len(item))
    return count


def _syllable_tokens(heard: Sequence[Spoken]) -> set[str]:
    options = [item.syllables if not item.character.isascii() else () for item in heard]
    tokens = {f"p{syllable}" for syllables in options for syllable in syllables}
    for index in range(len(options) - 1):
        tokens |= {f"q{one}.{two}" for one, two in product(options[index], options[index + 1])}
    return tokens | {f"^p{syllable}" for syllable in options[0]}


def code_tokens(code: str) -> set[str]:
    """Tokens of a code or number: all of it, four characters in a row from anywhere, the number at its end."""
    folded = fold(code)[:LONGEST]
    if not folded:
        return set()
    tokens = {f"={folded}"}
    tokens |= {f"#{folded[index : index + GRAM]}" for index in range(max(1, len(folded) - GRAM + 1))}
    if running := re.search(r"\d+$", code):
        tokens.add(f"n{int(running.group()[-9:])}")
    return tokens


def document_tokens(names: Iterable[str], codes: Iterable[str], extra: Iterable[str]) -> str:
    tokens = set(extra)
    for name in names:
        tokens |= name_tokens(name)
    for code in codes:
        tokens |= code_tokens(code)
    return " ".join(sorted(tokens))


# ---- what is looked for ------------------------------------------------------------------------------------------

Expression = str | tuple[str, tuple["Expression", ...]]
"""A token, or `("and" | "or", parts)`."""


def every(tokens: Iterable[Expression]) -> Expression:
    return ("and", tuple(dict.fromkeys(tokens)))


def some(parts: Iterable[Expression]) -> Expression:
    return ("or", tuple(dict.fromkeys(parts)))


def looked_for(text: str) -> list[Expression]:
    """Expressions for what was typed, the surest first: all of a name or number, how a name begins, anywhere in it.
    Empty when nothing was typed that a name could hold."""
    query = fold(text)[:LONGEST]
    if not query:
        return []
    whole: list[Expression] = [f"={query}"]
    begins: list[Expression] = []
    within: list[Expression] = [every(pairs(query)) if len(query) > 1 else query]
    begins.append(every([f"^{query[:2]}", *pairs(query)]))
    if query.isascii():
        for expressions, found in zip((whole, begins, within), _spoken(query), strict=True):
            expressions += found
    return [some(whole), some(begins), some(within)]


def _spoken(query: str) -> tuple[list[Expression], list[Expression], list[Expression]]:
    """Letters may be first letters or syllables, letters and digits a number."""
    whole: list[Expression] = []
    begins: list[Expression] = []
    within: list[Expression] = []
    if query.isalnum():
        if len(query) >= GRAM:
            within.append(every(f"#{query[index : index + GRAM]}" for index in range(len(query) - GRAM + 1)))
        if query.isdecimal() and len(query) <= 9:
            whole.append(f"n{int(query)}")
    size = min(3, len(query))
    grams = [f"i{query[index : index + size]}" for index in range(len(query) - size + 1)] if size > 1 else []
    whole.append(f"=i{query}")
    begins.append(every([f"^i{query[:size]}", *grams]))
    # One letter alone only says how a name begins; `within` takes in everything that the others do, numbers apart.
    within.append(every(grams or [f"^i{query}"]))
    for syllables, last in cut_syllables(query):
        if not syllables:
            if len(last) > 1:
                begins.append(some(f"^p{syllable}" for syllable in completed(last)))
                within.append(some(f"p{syllable}" for syllable in completed(last)))
            continue
        tokens: list[Expression] = [
            f"q{one}.{two}" for one, two in zip(syllables, syllables[1:], strict=False)
        ]
        # Each syllable by itself: an index merges all rows of a prefix before it looks at the other tokens.
        tokens.append(some(f"q{syllables[-1]}.{syllable}" for syllable in completed(last)))
        begins.append(every([f"^p{syllables[0]}", *tokens]))
        within.append(every(tokens))
    return whole, begins, within


@lru_cache(maxsize=1)
def known_syllables() -> frozenset[str]:
    from pypinyin.pinyin_dict import pinyin_dict

    common = (chr(code) for code in pinyin_dict if 0x4E00 <= code <= 0x9FFF)
    return frozenset(syllable for character in common for syllable in readings(character))


@lru_cache(maxsize=1)
def _beginnings() -> frozenset[str]:
    return frozenset(
        syllable[:size] for syllable in known_syllables() for size in range(1, len(syllable) + 1)
    )


@lru_cache(maxsize=1000)
def completed(begun: str) -> tuple[str, ...]:
    """Syllables that begin so, itself among them when it is one."""
    return tuple(sorted(syllable for syllable in known_syllables() if syllable.startswith(begun)))


@lru_cache(maxsize=2000)
def cut_syllables(letters: str) -> tuple[tuple[tuple[str, ...], str], ...]:
    """Ways to cut letters into syllables, those with the fewest first. The second part is the last syllable, which may
    be only begun: hengch → (heng), ch. Empty for letters that are no pinyin."""
    if not letters.isalpha():
        return ()
    found: list[tuple[tuple[str, ...], str]] = []

    def cut(rest: str, done: tuple[str, ...]) -> None:
        if rest in _beginnings():
            found.append((done, rest))
        for size in range(min(6, len(rest) - 1), 0, -1):
            if rest[:size] in known_syllables() and len(found) < MOST_CUTS:
                cut(rest[size:], (*done, rest[:size]))

    cut(letters, ())
    return tuple(sorted(found, key=lambda way: len(way[0]))[:USED_CUTS])
