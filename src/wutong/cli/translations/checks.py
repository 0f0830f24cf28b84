"""Finds what is wrong with a catalogue, each entry by name."""

import re
from collections.abc import Callable, Sequence

from babel.messages.catalog import Catalog, Message

from wutong.cli.translations.catalogues import entries, singular, strings
from wutong.cli.translations.extraction import Text

PLACEHOLDER = re.compile(
    r"%\(\w+\)[-#0 +]*[\d.]*[a-zA-Z]|%[-#0 +]*[\d.]*[sdifgr]|\{[\w.\[\]]*(?:![rsa])?(?::[^{}]*)?\}"
)


def problems(
    catalogue: Catalog, texts: Sequence[Text], language: str, convert: Callable[[str], str] | None = None
) -> list[str]:
    """One line for every missing, fuzzy, obsolete or extra entry, and for placeholders that differ.

    With `convert` a translation must also be what it makes of the text.
    """
    found = []
    known = entries(catalogue)
    for text in texts:
        entry = known.get(text.key)
        place = text.places[0]
        if entry is None or not all(strings(entry)) or isinstance(entry.id, str) == bool(text.plural):
            found.append(f"{language}：缺少译文「{text.message}」（{place}）")
        elif entry.fuzzy:
            found.append(f"{language}：译文待确认（fuzzy）「{text.message}」（{place}）")
        else:
            found += [f"{language}：{what}「{text.message}」（{place}）" for what in _faults(entry, convert)]
    wanted = {text.key for text in texts}
    found += [f"{language}：多余的条目「{key[1]}」" for key in known if key not in wanted]
    found += [f"{language}：已作废的条目「{singular(entry)}」" for entry in catalogue.obsolete.values()]
    return found


def _faults(entry: Message, convert: Callable[[str], str] | None) -> list[str]:
    forms = strings(entry)
    originals = [entry.id] if isinstance(entry.id, str) else list(entry.id)
    faults = []
    wanted = set().union(*(placeholders(original) for original in originals))
    # A singular form may leave the number out ("one project"), the last form shows everything.
    if placeholders(forms[-1]) != wanted or any(placeholders(form) - wanted for form in forms):
        faults.append("占位符与原文不同")
    if convert and any(form != convert(originals[-1]) for form in forms):
        faults.append("与自动转换的结果不同")
    return faults


def placeholders(text: str) -> set[str]:
    """`%(name)s`, `%s` and `{name}`; positional ones are numbered, so that their count matters."""
    counted: dict[str, int] = {}
    result = set()
    for mark in PLACEHOLDER.findall(text.replace("%%", "")):
        named = mark.startswith("%(") or (mark.startswith("{") and len(mark) > 2)
        counted[mark] = counted.get(mark, 0) + 1
        result.add(mark if named else f"{mark}#{counted[mark]}")
    return result
